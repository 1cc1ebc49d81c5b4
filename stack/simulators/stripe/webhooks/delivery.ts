/** An event on its way to an endpoint. */
export interface Delivery {
  id: string;
  event: string;
  type: string;
  endpoint: string;
  /** Deliveries are made in the order of these numbers. */
  order: number;
  status: 'pending' | 'held' | 'dropped' | 'delivered' | 'failed';
  attempts: Attempt[];
}

export interface Attempt {
  /** ISO 8601, this machine's time. */
  at: string;
  /** Null when there was no answer. */
  status: number | null;
  error: string | null;
  milliseconds: number;
}
