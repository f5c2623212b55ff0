/** Most entries of a list or map that are kept: a sandbox that runs for days must not fill the memory. */
const LIMIT = 100_000;

/** Appends; returns the oldest entry where it had to go. */
export function keep<Item>(list: Item[], item: Item, limit = LIMIT): Item | undefined {
	list.push(item);
	return list.length > limit ? list.shift() : undefined;
}

/** Sets; the oldest key goes where there are too many. */
export function keepIn<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, limit = LIMIT) {
	map.set(key, value);
	if (map.size > limit) map.delete(map.keys().next().value as Key);
}
