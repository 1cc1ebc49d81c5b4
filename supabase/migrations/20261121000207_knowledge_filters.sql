-- The knowledge map as a list that is filtered, as a drawing that needs no facts, and one entry with where it comes from.

create function private.entry_kinds() returns text[]
language sql immutable set search_path = ''
as $$ select array['npc', 'player', 'location', 'item', 'faction', 'event', 'quest', 'concept', 'lore'] $$;
revoke execute on function private.entry_kinds() from public;
comment on function private.entry_kinds() is 'Types that the workers write. Any other text is shown as "other".';

drop function mgmt.knowledge_graph(text, int, text, int);
create function mgmt.knowledge_graph(
  campaign_id text, "limit" int default 500, around text default null, steps int default 1, search text default null,
  kind text default null, session text default null, confirmed boolean default false, facts boolean default true
) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(knowledge_graph.campaign_id, 'viewer');
  v_plan private.entitlement := private.entitlement(v_campaign.tenant_id);
  v_master boolean := private.has_role('dm');
  v_entities regclass := private.tenant_table(v_campaign.tenant_id, 'entities');
  v_links regclass := private.tenant_table(v_campaign.tenant_id, 'relationships');
  v_found boolean := false;
  v_graph jsonb;
begin
  if v_plan.knowledge_graph is not true then
    perform private.fail(
      'feature_locked', 'Your plan does not have the knowledge map.', 'See the plans at /billing/plans.'
    );
  end if;
  if session is not null and not v_master then
    perform private.fail('forbidden', 'Only Dungeon Masters see which session taught what.');
  end if;
  if char_length(search) > 200 then
    perform private.fail('validation', 'search: must have at most 200 characters.');
  end if;
  if v_entities is not null and v_links is not null and around is not null then
    execute format('select exists (select from %s where campaign_id = $1 and id = $2)', v_entities)
      into v_found using v_campaign.id, around;
  end if;
  if around is not null and not v_found then
    perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
  end if;
  if v_entities is null or v_links is null then
    return '{"counts": {"entities": 0, "relationships": 0}, "matches": 0, "entities": [], "relationships": []}';
  end if;

  execute format(
    $query$
      with recursive
      link as materialized (
        select link.*, coalesce(link.provenance ->> 'dm_confirmed' = 'true', false) as confirmed
        from %2$s as link
        -- Players see what a Dungeon Master confirmed: the rest may be wrong, or not known to them yet.
        where link.campaign_id = $1 and ($2 or link.provenance ->> 'dm_confirmed' = 'true')
      ),
      -- The links that are asked for.
      meant as (
        select * from link
        where (not $9 or link.confirmed) and ($8 is null or link.provenance ->> 'session_id' = $8)
      ),
      tie as (
        select source_id as id, target_id as other from meant
        union
        select target_id, source_id from meant
      ),
      near (id, distance) as (
        select $4, 0 where $4 is not null
        union
        select tie.other, near.distance + 1 from near join tie on tie.id = near.id where near.distance < $5
      ),
      nearest as (
        select near.id, min(near.distance) as distance from near group by near.id
      ),
      degree as (
        select each.id, count(*) as links
        from (
          select source_id as id from meant
          union all
          select target_id from meant where target_id <> source_id
        ) as each
        group by each.id
      ),
      matching as (
        select entity.id, entity.name, coalesce(degree.links, 0) as links, nearest.distance
        from %1$s as entity
        left join degree on degree.id = entity.id
        left join nearest on nearest.id = entity.id
        where entity.campaign_id = $1 and ($4 is null or nearest.distance is not null)
          and ($6 is null or position(lower($6) in lower(entity.name)) > 0)
          and ($7 is null or case when $7 = 'other' then entity.type <> all ($11) else entity.type = $7 end)
          and ((not $9 and $8 is null) or degree.links > 0)
      ),
      shown as materialized (
        select entity.*, matching.links, matching.distance
        from (
          select * from matching
          order by matching.distance, matching.links desc, matching.name, matching.id
          limit $3
        ) as matching
        join %1$s as entity on entity.campaign_id = $1 and entity.id = matching.id
      ),
      shown_link as (
        select link.* from meant as link
        where link.source_id in (select shown.id from shown) and link.target_id in (select shown.id from shown)
      )
      select jsonb_build_object(
        'counts', jsonb_build_object(
          'entities', (select count(*) from %1$s as entity where entity.campaign_id = $1),
          'relationships', (select count(*) from link)
        ),
        'matches', (select count(*) from matching),
        'entities', (
          select coalesce(jsonb_agg(
            jsonb_build_object(
              'id', shown.id, 'type', shown.type, 'name', shown.name, 'links', shown.links,
              'created_at', shown.created_at, 'updated_at', shown.updated_at
            )
              || case when $4 is null then '{}' else jsonb_build_object('distance', shown.distance) end
              || case when $10 then jsonb_build_object('attributes', shown.attributes) else '{}' end
            order by shown.distance, shown.links desc, shown.name, shown.id
          ), '[]')
          from shown
        ),
        'relationships', (
          select coalesce(jsonb_agg(
            jsonb_build_object(
              'source_id', link.source_id, 'target_id', link.target_id, 'rel_type', link.rel_type,
              'confirmed', link.confirmed, 'created_at', link.created_at
            )
              || case
                when $10 then jsonb_build_object('attributes', link.attributes, 'provenance', link.provenance)
                else '{}'
              end
            order by link.source_id, link.target_id, link.rel_type
          ), '[]')
          from shown_link as link
        )
      )
    $query$,
    v_entities, v_links
  ) into v_graph using
    v_campaign.id, v_master, least(greatest(coalesce("limit", 500), 1), 5000), around,
    least(greatest(coalesce(steps, 1), 1), 3), nullif(btrim(search), ''), kind, session, coalesce(confirmed, false),
    v_master and coalesce(facts, true), private.entry_kinds();
  return v_graph;
end
$$;
revoke execute on function mgmt.knowledge_graph(text, int, text, int, text, text, text, boolean, boolean) from public;
grant execute on function mgmt.knowledge_graph(text, int, text, int, text, text, text, boolean, boolean) to authenticated;
comment on function mgmt.knowledge_graph(text, int, text, int, text, text, text, boolean, boolean) is '{ counts, matches, entities, relationships } of a campaign: counts of everything the caller may see, matches of the entries that the filters leave; shown are the best linked of these (at most 5,000), or those within 1 to 3 steps around one, and the links among them. Filters: search (in names), kind, session (which taught a link; dm+), confirmed (links, and entries that have one). facts false: no attributes and no provenance, for drawings. Viewers get neither, nor any unconfirmed link. No data yet: empty. 402 feature_locked, 404 not_found, 422 validation.';

create function mgmt.knowledge_entry(campaign_id text, entity text) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(knowledge_entry.campaign_id, 'viewer');
  v_master boolean := private.has_role('dm');
  v_entities regclass := private.tenant_table(v_campaign.tenant_id, 'entities');
  v_links regclass := private.tenant_table(v_campaign.tenant_id, 'relationships');
  v_lines regclass := private.tenant_table(v_campaign.tenant_id, 'session_entries');
  v_entry jsonb;
begin
  if (private.entitlement(v_campaign.tenant_id)).knowledge_graph is not true then
    perform private.fail(
      'feature_locked', 'Your plan does not have the knowledge map.', 'See the plans at /billing/plans.'
    );
  end if;
  if v_entities is not null and v_links is not null and v_lines is not null then
    execute format(
      $query$
        with link as (
          select link.*, coalesce(link.provenance ->> 'dm_confirmed' = 'true', false) as confirmed
          from %2$s as link
          where link.campaign_id = $1 and $2 in (link.source_id, link.target_id)
            -- As in the map: Players see what a Dungeon Master confirmed.
            and ($3 or link.provenance ->> 'dm_confirmed' = 'true')
        ),
        shown as (
          select link.*, other.id as other_id, other.type as other_type, other.name as other_name
          from link
          join %1$s as other on other.campaign_id = $1
            and other.id = case when link.source_id = $2 then link.target_id else link.source_id end
          order by link.confirmed desc, link.created_at desc, link.source_id, link.target_id, link.rel_type
          limit 200
        )
        select jsonb_build_object(
          'id', entry.id, 'type', entry.type, 'name', entry.name, 'created_at', entry.created_at,
          'updated_at', entry.updated_at, 'links', (select count(*) from link),
          'relationships', (
            select coalesce(jsonb_agg(
              jsonb_build_object(
                'source_id', shown.source_id, 'target_id', shown.target_id, 'rel_type', shown.rel_type,
                'confirmed', shown.confirmed, 'created_at', shown.created_at,
                'other', jsonb_build_object('id', shown.other_id, 'type', shown.other_type, 'name', shown.other_name)
              ) || case when $3 then jsonb_build_object(
                'attributes', shown.attributes, 'provenance', shown.provenance, 'heard', heard.in_session
              ) else '{}' end
              order by shown.confirmed desc, shown.created_at desc, shown.source_id, shown.target_id, shown.rel_type
            ), '[]')
            from shown
            left join lateral (
              select jsonb_build_object('session_id', session.id, 'started_at', session.started_at, 'line_id', line.id,
                'speaker_name', line.speaker_name, 'text', left(line.text, 300)) as in_session
              from public.sessions as session
              left join lateral (
                select line.id, line.speaker_name, line.text from %3$s as line
                where line.session_id = session.id and line.timestamp <= case
                  when pg_input_is_valid(shown.provenance ->> 'timestamp', 'timestamptz')
                    then (shown.provenance ->> 'timestamp')::timestamptz
                end
                order by line.timestamp desc, line.id desc
                limit 1
              ) as line on true
              -- Whatever session is written there: only one of this table is named.
              where $3 and session.id = shown.provenance ->> 'session_id' and session.tenant_id = $4
            ) as heard on true
          )
        ) || case when $3 then jsonb_build_object('attributes', entry.attributes) else '{}' end
        from %1$s as entry
        where entry.campaign_id = $1 and entry.id = $2
      $query$, v_entities, v_links, v_lines
    ) into v_entry using v_campaign.id, knowledge_entry.entity, v_master, v_campaign.tenant_id;
  end if;
  if v_entry is null then
    perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
  end if;
  return v_entry;
end
$$;
revoke execute on function mgmt.knowledge_entry(text, text) from public;
grant execute on function mgmt.knowledge_entry(text, text) to authenticated;
comment on function mgmt.knowledge_entry(text, text) is 'One entry of the knowledge map with its links (confirmed ones first, at most 200), the entry at the other end of each, and for dm+ facts, provenance and the line that was spoken when it was learned. Viewers get confirmed links without any of that. 402 feature_locked, 404 not_found.';
