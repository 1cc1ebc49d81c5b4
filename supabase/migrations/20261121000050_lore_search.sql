-- Searching lore, and its order.
--
-- The words of a page are kept in a table of their own, stemmed in the language of its campaign: so a page that is read
-- stays as small as it is written, and a campaign that changes its language is stemmed anew. The index begins with the
-- campaign, so that a word which every table uses costs one table's pages.

create extension if not exists btree_gin with schema extensions;

create function private.search_config(language text) returns regconfig
language sql immutable set search_path = ''
as $$
  select case search_config.language
    when 'de' then 'pg_catalog.german'::regconfig
    when 'fr' then 'pg_catalog.french'::regconfig
    when 'es' then 'pg_catalog.spanish'::regconfig
    else 'pg_catalog.english'::regconfig
  end
$$;
revoke execute on function private.search_config(text) from public;
comment on function private.search_config(text) is 'How words of a campaign in this language are stemmed. Unknown is English, as the workers index.';

create table private.lore_words (
  page_id uuid primary key references mgmt.campaign_lore (id) on delete cascade,
  campaign_id text not null,
  words tsvector not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index lore_words_of_campaign on private.lore_words using gin (campaign_id, words);
alter table private.lore_words enable row level security;
alter table private.lore_words force row level security;
-- NOTE: nothing is granted: written by triggers, read by mgmt.search_lore.
create trigger touch_updated_at before update on private.lore_words
  for each row execute function private.touch_updated_at();
comment on table private.lore_words is 'Stemmed words of lore pages: title A, tags B, content D.';

create function private.lore_words_of(page mgmt.campaign_lore, language text) returns tsvector
language sql stable set search_path = ''
as $$
  select setweight(to_tsvector(private.search_config(language), page.title), 'A')
    || setweight(to_tsvector(private.search_config(language), coalesce(page.metadata ->> 'tags', '')), 'B')
    || setweight(to_tsvector(private.search_config(language), page.content), 'D')
$$;
revoke execute on function private.lore_words_of(mgmt.campaign_lore, text) from public;

create function private.index_lore() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.lore_words as known (page_id, campaign_id, words)
  select new.id, new.campaign_id, private.lore_words_of(new, campaign.language)
  from mgmt.campaigns as campaign
  where campaign.id = new.campaign_id
  on conflict (page_id) do update set campaign_id = excluded.campaign_id, words = excluded.words;
  return null;
end
$$;
revoke execute on function private.index_lore() from public;
comment on function private.index_lore() is 'Keeps the words of a page. Definer: nobody writes them otherwise.';

create trigger index_new_lore after insert on mgmt.campaign_lore
  for each row execute function private.index_lore();
create trigger index_changed_lore after update of title, content, metadata, campaign_id on mgmt.campaign_lore
  for each row when (
    (old.title, old.content, old.metadata, old.campaign_id)
      is distinct from (new.title, new.content, new.metadata, new.campaign_id)
  )
  execute function private.index_lore();

create function private.index_lore_of_campaign() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update private.lore_words as known
  set words = private.lore_words_of(page, new.language)
  from mgmt.campaign_lore as page
  where page.campaign_id = new.id and known.page_id = page.id;
  return null;
end
$$;
revoke execute on function private.index_lore_of_campaign() from public;

create trigger index_lore_of_campaign after update of language on mgmt.campaigns
  for each row when (private.search_config(old.language) <> private.search_config(new.language))
  execute function private.index_lore_of_campaign();
-- Whoever may change the language fires the trigger, and its condition is asked as them.
grant execute on function private.search_config(text) to authenticated, service_role;

insert into private.lore_words (page_id, campaign_id, words)
select page.id, page.campaign_id, private.lore_words_of(page, campaign.language)
from mgmt.campaign_lore as page
join mgmt.campaigns as campaign on campaign.id = page.campaign_id;

create function private.require_campaign(campaign_id text, minimum text) returns mgmt.campaigns
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role(minimum);
  v_campaign mgmt.campaigns;
begin
  select * into v_campaign
  from mgmt.campaigns as campaign
  where campaign.id = require_campaign.campaign_id and campaign.tenant_id = v_tenant and campaign.deleted_at is null;
  if not found then
    perform private.fail('not_found', 'This campaign is not here, or not yours.', 'Choose one from the list.');
  end if;
  return v_campaign;
end
$$;
revoke execute on function private.require_campaign(text, text) from public;
comment on function private.require_campaign(text, text) is 'A campaign of the caller''s tenant, not in the bin; a foreign one and none at all are the same 404 not_found. 403 below the role.';

-- Marks are control characters that are taken out of the text first, so that no text can pretend to be a find.
create function private.marked(config regconfig, content text, query tsquery, whole boolean) returns text
language sql stable set search_path = ''
as $$
  select ts_headline(
    config, translate(content, chr(2) || chr(3), ''), query,
    'StartSel=' || chr(2) || ', StopSel=' || chr(3)
      || case when whole then ', HighlightAll=true' else ', MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "' end
  )
$$;
revoke execute on function private.marked(regconfig, text, tsquery, boolean) from public;
comment on function private.marked(regconfig, text, tsquery, boolean) is 'Text with each found word between U+0002 and U+0003: all of it, or two fragments around the finds.';

create function private.search_query(config regconfig, query text) returns tsquery
language plpgsql stable set search_path = ''
as $$
begin
  if char_length(btrim(coalesce(query, ''))) not between 2 and 200 then
    perform private.fail('validation', 'query: must have 2 to 200 characters.', 'Search for one or a few words.');
  end if;
  return websearch_to_tsquery(config, translate(query, chr(2) || chr(3), ''));
end
$$;
revoke execute on function private.search_query(regconfig, text) from public;
comment on function private.search_query(regconfig, text) is 'What people type: words, "phrases", or, -not. 422 validation.';

create function mgmt.search_lore(query text, campaign_id text, "limit" int default 20)
returns table (id uuid, title text, category text, marked_title text, snippet text, rank real, updated_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(search_lore.campaign_id, 'dm');
  v_config regconfig := private.search_config(v_campaign.language);
  v_query tsquery := private.search_query(v_config, search_lore.query);
begin
  return query
    with found as (
      -- Divided by the logarithm of the length: a long page is not better for being long.
      select page.id, ts_rank('{0.05, 0.2, 0.4, 1}', known.words, v_query, 1) as rank, page.updated_at
      from private.lore_words as known
      join mgmt.campaign_lore as page on page.id = known.page_id and page.deleted_at is null
      where known.campaign_id = v_campaign.id and known.words @@ v_query
      order by 2 desc, page.updated_at desc, page.id
      limit least(greatest(coalesce("limit", 20), 1), 100)
    )
    select page.id, page.title, page.category, private.marked(v_config, page.title, v_query, true),
      private.marked(v_config, page.content, v_query, false), found.rank, page.updated_at
    from found
    join mgmt.campaign_lore as page on page.id = found.id
    order by found.rank desc, page.updated_at desc, page.id;
end
$$;
revoke execute on function mgmt.search_lore(text, text, int) from public;
grant execute on function mgmt.search_lore(text, text, int) to authenticated;
comment on function mgmt.search_lore(text, text, int) is 'Pages of a campaign, best first, at most 100; a word in the title counts most. Finds lie between U+0002 and U+0003. Definer: words are readable by nobody. dm+. 404 not_found, 422 validation.';

create function mgmt.order_lore(campaign_id text, pages uuid[]) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(order_lore.campaign_id, 'dm');
  v_named int := coalesce(cardinality(order_lore.pages), 0);
begin
  perform pg_advisory_xact_lock(hashtextextended('lore:' || v_campaign.id, 0));
  if v_named <> (
    select count(*) from mgmt.campaign_lore as page
    where page.campaign_id = v_campaign.id and page.deleted_at is null and page.id = any (order_lore.pages)
  ) then
    perform private.fail('not_found', 'One of these pages is not here, or twice in the list.', 'Load the list again.');
  end if;
  -- Pages that the caller did not see yet follow in the order they had.
  with placed as (
    select page.id,
      row_number() over (
        order by array_position(order_lore.pages, page.id) nulls last, page.sort_order, page.created_at, page.id
      )::int as place
    from mgmt.campaign_lore as page
    where page.campaign_id = v_campaign.id and page.deleted_at is null
  )
  update mgmt.campaign_lore as page
  set sort_order = placed.place
  from placed
  where page.id = placed.id and page.sort_order <> placed.place;
  return v_named;
end
$$;
revoke execute on function mgmt.order_lore(text, uuid[]) from public;
grant execute on function mgmt.order_lore(text, uuid[]) to authenticated;
comment on function mgmt.order_lore(text, uuid[]) is 'Puts pages in this order, from 1 on, all or none; answers how many were named. dm+. 404 not_found.';
