/**
 * Who may do what in a room, so that the page offers nothing that the server would refuse: what docs/permissions.md says.
 *
 * @typedef {import("./types.js").RoomInfo} RoomInfo
 * @typedef {import("./types.js").Role} Role
 * @typedef {{info: RoomInfo, membership: {role: Role, state: string, silenced_until?: string}|null, isOwner: boolean, now?: number}} Standing
 *   `isOwner`: of the site, or who administers it; `now`: in milliseconds, for what ends by itself
 */

const RANKS = { reader: 1, member: 2, moderator: 3, owner: 4 };
const SITE_OWNER = 5;

/** @param {{role: Role, state: string}|null|undefined} membership */
export function rankOf(membership) {
  return membership?.state === "joined" ? RANKS[membership.role] : 0;
}

/** @param {RoomInfo|null} info */
export function isConversation(info) {
  return info?.kind === "direct" || info?.kind === "group";
}

/** Found by its name, and joined by whoever likes. @param {RoomInfo|null} info */
export function isOpen(info) {
  return info?.kind === "public" || info?.kind === "announcement";
}

/** Why one can't write here: a key of what the page says, or null where one can. @param {Standing} standing @returns {"archived"|"reader"|"silenced"|"announcement"|null} */
export function whyNoWriting({ info, membership, isOwner, now = 0 }) {
  if (info.archived) return "archived";
  const rank = rankOf(membership);
  if (rank === RANKS.reader) return "reader";
  if (isSilenced(membership, now)) return "silenced";
  return info.kind === "announcement" && Math.max(rank, siteRank(isOwner)) < RANKS.moderator ? "announcement" : null;
}

/** Its name, topic, kind, archive and end, and who is what in it. @param {Standing} standing */
export function mayManage(standing) {
  return !isConversation(standing.info) && rank(standing) >= RANKS.owner;
}

/** Others' messages, and who is there. @param {Standing} standing */
export function mayModerate(standing) {
  return rank(standing) >= RANKS.moderator;
}

/** @param {Standing} standing */
export function mayInvite(standing) {
  const { info } = standing;
  return !isConversation(info) && !info.archived && rank(standing) >= (isOpen(info) ? RANKS.member : RANKS.moderator);
}

/** @param {Standing} standing @param {import("./types.js").Member} member */
export function mayRemove(standing, member) {
  return !isConversation(standing.info) && mayModerate(standing) && rankOf(member) < rank(standing);
}

/** @param {Standing} standing */
export function mayLeave({ info, membership }) {
  return info.kind !== "direct" && rankOf(membership) > 0;
}

/** Whether one could come back by oneself. @param {RoomInfo} info */
export function mayComeBack(info) {
  return info.kind === "group" || (isOpen(info) && !info.archived);
}

function isSilenced(membership, now) {
  return membership?.silenced_until !== undefined && Date.parse(membership.silenced_until) > now;
}

function rank({ membership, isOwner }) {
  return Math.max(rankOf(membership), siteRank(isOwner));
}

function siteRank(isOwner) {
  return isOwner ? SITE_OWNER : 0;
}
