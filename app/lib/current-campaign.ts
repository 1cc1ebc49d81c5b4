interface Campaign {
  id: string;
  name: string;
  archived: boolean;
}
interface Choices {
  /** From the address. */
  param?: string | undefined;
  /** The one looked at last. */
  last?: string | undefined;
  /** The one that /session start plays in Discord. */
  discord?: string | null;
}

/** The campaign that dashboard, navigation and start are about: it never changes by itself while it exists. */
export function currentCampaign(campaigns: readonly Campaign[], { param, last, discord }: Choices): Campaign | null {
  const find = (id: string | null | undefined) => campaigns.find((campaign) => campaign.id === id);
  const open = (id: string | null | undefined) => {
    const found = find(id);
    return found && !found.archived ? found : undefined;
  };
  return find(param) ?? open(last) ?? open(discord) ?? campaigns.find((campaign) => !campaign.archived) ?? null;
}
