-- What the workers learned about a story: entries and the links between them, from the tenant's own schema.

create function mgmt.knowledge_graph(
  campaign_id text, "limit" int default 500, around text default null, steps int default 1
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
  if v_entities is not null and v_links is not null and around is not null then
    execute format('select exists (select from %s where campaign_id = $1 and id = $2)', v_entities)
      into v_found using v_campaign.id, around;
  end if;
  if around is not null and not v_found then
    perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
  end if;
  if v_entities is null or v_links is null then
    return '{"counts": {"entities": 0, "relationships": 0}, "entities": [], "relationships": []}';
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
      tie as (
        select source_id as id, target_id as other from link
        union
        select target_id, source_id from link
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
          select source_id as id from link
          union all
          select target_id from link where target_id <> source_id
        ) as each
        group by each.id
      ),
      shown as materialized (
        select entity.*, coalesce(degree.links, 0) as links, nearest.distance
        from %1$s as entity
        left join degree on degree.id = entity.id
        left join nearest on nearest.id = entity.id
        where entity.campaign_id = $1 and ($4 is null or nearest.distance is not null)
        order by nearest.distance, coalesce(degree.links, 0) desc, entity.name, entity.id
        limit $3
      ),
      shown_link as (
        select link.* from link
        where link.source_id in (select shown.id from shown) and link.target_id in (select shown.id from shown)
      )
      select jsonb_build_object(
        'counts', jsonb_build_object(
          'entities', (select count(*) from %1$s as entity where entity.campaign_id = $1),
          'relationships', (select count(*) from link)
        ),
        'entities', (
          select coalesce(jsonb_agg(
            jsonb_build_object(
              'id', shown.id, 'type', shown.type, 'name', shown.name, 'links', shown.links,
              'created_at', shown.created_at, 'updated_at', shown.updated_at
            )
              || case when $4 is null then '{}' else jsonb_build_object('distance', shown.distance) end
              || case when $2 then jsonb_build_object('attributes', shown.attributes) else '{}' end
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
                when $2 then jsonb_build_object('attributes', link.attributes, 'provenance', link.provenance)
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
    least(greatest(coalesce(steps, 1), 1), 3);
  return v_graph;
end
$$;
revoke execute on function mgmt.knowledge_graph(text, int, text, int) from public;
grant execute on function mgmt.knowledge_graph(text, int, text, int) to authenticated;
comment on function mgmt.knowledge_graph(text, int, text, int) is '{ counts, entities, relationships } of a campaign: counts of everything the caller may see; shown are the best linked entries (at most 5,000), or those within 1 to 3 steps around one, and the links among them. Viewers get no attributes, no provenance and no unconfirmed link. No data yet: empty. 402 feature_locked, 404 not_found.';
