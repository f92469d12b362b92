/** For a promise whose failure changes nothing. */
export function ignore() {}
