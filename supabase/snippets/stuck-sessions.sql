-- Sessions that should have ended: pending for more than three minutes, or active without a sign of life for 45 seconds.
-- They are never ended by SQL: look at the gateway, whose sweep does it.
select
  session.id,
  session.tenant_id,
  tenant.name as tenant,
  campaign.name as campaign,
  session.guild_id,
  session.state,
  private.now() - session.started_at as age,
  private.now() - session.last_heartbeat as silent_for
from public.sessions as session
left join public.tenants as tenant on tenant.id = session.tenant_id
left join mgmt.campaigns as campaign on campaign.id = session.campaign_id
where (session.state = 'pending' and session.started_at < private.now() - interval '3 minutes')
  or (session.state = 'active' and coalesce(session.last_heartbeat, session.started_at) < private.now() - interval '45 seconds')
order by session.started_at;
