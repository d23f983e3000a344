/** ccxt's tree of addresses with every origin replaced and every path kept: the only thing a test changes in ccxt. */
export function movedTo<T>(url: string, tree: T): T {
  if (typeof tree === 'string') {
    return tree.replace(/^(http|ws)s?:\/\/[^/]+/, (_origin, kind: string) => url.replace(/^http/, kind)) as T;
  }
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, each]) => [name, movedTo(url, each)])) as T;
}
