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

/** Why one can't write here: a key of what the page says, or null where one can. @param {Standing} standing @returns {"archived"|"reader"|"silenced"|"announcement"|"locked"|"raid"|null} */
export function whyNoWriting({ info, membership, isOwner, now = 0 }) {
  if (info.archived) return "archived";
  const rank = rankOf(membership);
  if (rank === RANKS.reader) return "reader";
  if (isSilenced(membership, now)) return "silenced";
  const least = Math.max(rank, siteRank(isOwner));
  if (least >= RANKS.moderator) return null;
  if (info.kind === "announcement") return "announcement";
  if (info.locked) return "locked";
  return rank === 0 && isRaided(info, now) ? "raid" : null;
}

/** To announcements all members react. @param {Standing} standing */
export function mayReact(standing) {
  const why = whyNoWriting(standing);
  return why === null || (why === "announcement" && !standing.info.locked && rankOf(standing.membership) > 0);
}

/** Its name, topic, kind, archive and end, and who is what in it. @param {Standing} standing */
export function mayManage(standing) {
  return !isConversation(standing.info) && rank(standing) >= RANKS.owner;
}

/** Others' messages, and who is there. @param {Standing} standing */
export function mayModerate(standing) {
  return rank(standing) >= RANKS.moderator;
}

/** Slow, locked, shut to newcomers. @param {Standing} standing */
export function mayKeepOrder(standing) {
  return !isConversation(standing.info) && mayModerate(standing);
}

/** Whether nobody new comes in at this moment. @param {RoomInfo} info @param {number} now */
export function isRaided(info, now) {
  return info.raid_until !== undefined && Date.parse(info.raid_until) > now;
}

/**
 * When one may write into a slow room again, in milliseconds; 0: at once. `lastAt`: when one last did, by the server's clock, which may go
 * differently: the server knows better, and says so in its refusal.
 * @param {Standing} standing @param {string|undefined} lastAt
 */
export function slowUntil(standing, lastAt) {
  const { info, now = 0 } = standing;
  if (!info.slow_mode || lastAt === undefined || mayModerate(standing)) return 0;
  const until = Math.min(Date.parse(lastAt), now) + info.slow_mode * 1000;
  return until > now ? until : 0;
}

/** @param {Standing} standing */
export function mayInvite(standing) {
  const { info, now = 0 } = standing;
  return !isConversation(info) && !info.archived && rank(standing) >= (isOpen(info) && !isRaided(info, now) ? RANKS.member : RANKS.moderator);
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
