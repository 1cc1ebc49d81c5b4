import { goto, preloadData } from '$app/navigation';

/** One page of a list: its rows, and what leads to the rows after them. */
export interface ListPage<Item> {
  rows: readonly Item[];
  /** Null on the last page. */
  next: string | null;
}

export type Further = Pick<ReturnType<typeof useFurther>, 'href' | 'loading' | 'more' | 'said'>;

/**
 * A list that grows by pages below what is shown. Another filter, or a first page that ends elsewhere, begins anew; whatever else
 * changes at the table leaves what was added. `href` is the page after, which is where the link leads without scripts.
 */
export function useFurther<Data, Item>(
  data: () => Data,
  read: (data: Data) => ListPage<Item>,
  hrefOf: (next: string) => string,
) {
  const firstNext = $derived(read(data()).next);
  const firstHref = $derived(firstNext === null ? null : hrefOf(firstNext));
  let further = $derived.by(() => {
    void firstHref;
    return { rows: [] as Item[], next: firstNext, pages: 0 };
  });
  let loading = $state(false);
  const href = $derived(further.next === null ? null : hrefOf(further.next));
  const rows = $derived([...read(data()).rows, ...further.rows]);

  async function more(event: MouseEvent) {
    if (href === null || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    loading = true;
    const result = await preloadData(href);
    loading = false;
    if (result.type === 'loaded' && result.status === 200) {
      const page = read(result.data as Data);
      further = { rows: [...further.rows, ...page.rows], next: page.next, pages: further.pages + 1 };
    } else {
      await goto(href);
    }
  }

  return {
    get rows() {
      return rows;
    },
    get href() {
      return href;
    },
    get loading() {
      return loading;
    },
    /** How many rows are there now, once some were added. */
    get said() {
      return further.pages > 0 ? rows.length : null;
    },
    more,
  };
}
