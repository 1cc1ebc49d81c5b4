-- For `supabase start` and `supabase db reset`: a local stack shows plans and limits. The embedded stack sets its mode by
-- itself, and a hosted project is told once, by its operator.
update private.settings set value = '"managed"' where key = 'deployment.mode';
