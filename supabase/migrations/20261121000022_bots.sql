-- One bot belongs to one table: two sessions under one token would throw each other out of Discord.

create table private.bots (
  bot_id text primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  claimed_at timestamptz not null default now(),
  constraint bots_bot_id_is_snowflake check (bot_id ~ '^\d{17,20}$')
);
create index bots_tenant on private.bots (tenant_id);
alter table private.bots enable row level security;
alter table private.bots force row level security;
-- NOTE: nothing is granted: claim_bot() is the only way in.
comment on table private.bots is 'Discord user ids of bots, and whose they are.';

create function mgmt.claim_bot(tenant text, bot_id text, release_others boolean default false) returns boolean
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into private.bots as bot (bot_id, tenant_id) values (claim_bot.bot_id, claim_bot.tenant)
  on conflict (bot_id) do update set claimed_at = now() where bot.tenant_id = excluded.tenant_id;
  if not found then
    return false;
  end if;
  if claim_bot.release_others then
    delete from private.bots as bot where bot.tenant_id = claim_bot.tenant and bot.bot_id <> claim_bot.bot_id;
  end if;
  return true;
end
$$;
revoke execute on function mgmt.claim_bot(text, text, boolean) from public;
grant execute on function mgmt.claim_bot(text, text, boolean) to service_role;
comment on function mgmt.claim_bot(text, text, boolean) is 'False when the bot is another table''s. release_others: once the gateway uses it, the table''s former bots are free again. The service role only.';
