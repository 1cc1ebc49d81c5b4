-- Putting pages in order changes none of them.
--
-- Who writes says which version the words are based on (updated_at). Were a page that only moved in the list a newer version,
-- ordering the list would be a conflict for everybody who writes, and every page of the list "edited just now".

drop trigger touch_updated_at on mgmt.campaign_lore;
create trigger touch_updated_at before update on mgmt.campaign_lore
  for each row when (
    (old.campaign_id, old.title, old.category, old.content, old.metadata, old.deleted_at)
      is distinct from (new.campaign_id, new.title, new.category, new.content, new.metadata, new.deleted_at)
  )
  execute function private.touch_updated_at();
comment on column mgmt.campaign_lore.updated_at is 'When somebody last wrote it, or moved it to the bin or back. Its place in the list does not count.';
