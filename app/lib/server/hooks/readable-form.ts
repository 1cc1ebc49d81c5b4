import type { Handle } from '@sveltejs/kit/hooks';
import { refuse } from '../api.ts';

/** Where a form has a file. */
const takesFiles: ReadonlySet<string | null> = new Set(['/(app)/campaigns/import']);

/**
 * A body that is no form at all is the sender's mistake, wherever it is read: 422 `validation`, not an error of ours. A file where a
 * text belongs is as good as nothing: as text it would be "[object File]".
 */
export const readableForm: Handle = ({ event, resolve }) => {
  const { request } = event;
  const read = request.formData.bind(request);
  const formData = async () => {
    try {
      const form = await read();
      if (takesFiles.has(event.route.id)) return form;
      const files = [...form].flatMap(([name, value]) => (typeof value === 'string' ? [] : [name]));
      for (const name of files) form.delete(name);
      return form;
    } catch (thrown) {
      if (thrown instanceof TypeError) refuse('validation');
      throw thrown;
    }
  };
  Object.defineProperty(request, 'formData', { value: formData });
  return resolve(event);
};
