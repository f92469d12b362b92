// The nouns on the wire (docs/protocol.md) and those of this client. Only types: nothing here runs.

/**
 * @typedef {{id: number, kind: "user"|"guest"|"bot", handle: string, name: string, looks?: string, version: number,
 *            avatar?: string, pronouns?: string, time_zone?: string}} Person
 * @typedef {{id: number, seq: number, slug: string, name: string, kind: "public"|"announcement"|"private"|"direct"|"group", topic: string,
 *            first_number: number, history?: "all"|"joined", created_at: string, archived?: boolean, guests?: boolean, people?: number[],
 *            picture?: string, slow_mode?: number, locked?: boolean, raid_until?: string, pins?: number}} RoomInfo
 * @typedef {"owner"|"moderator"|"member"|"reader"} Role
 * @typedef {"joined"|"left"|"kicked"|"banned"} MemberState
 * @typedef {{person: number, seq: number, role: Role, state: MemberState}} Member
 * @typedef {{person: number, kind: "ban"|"silence", until: string|null, reason: string}} Sanction
 * @typedef {{id: number, maker: number, role: "moderator"|"member"|"reader", uses: number, most_uses: number|null, made_at: string, expires_at: string|null}} InviteLink
 * @typedef {{number: number, seq: number, author: number, body: string, at: string, client_message_id: string,
 *            html?: string, edited_at?: string, deleted_at?: string, reply_to?: number, root?: number, thread?: Thread, versions?: number, reactions?: Reaction[], mine?: string[], mine_at?: number,
 *            pinned?: {by: number, at: string}}} Message
 * @typedef {{emoji: string, count: number, people: number[]}} Reaction
 * @typedef {{count: number, people: number[], last_number: number, last_at: string}} Thread
 * @typedef {{body: string, at: string}} Version
 * @typedef {{after: number, kind: "renamed"|"topic"|"pinned", seq: number, actor: number, text: string, at: string}} Notice
 * @typedef {{room: number, seq: number, role: Role, state: MemberState, last_read_number: number, read_ahead?: [number, number][], moved_back?: number, follows?: number[],
 *            notify: "everything"|"mentions"|"nothing", pinned?: boolean, place?: number, floor?: number, silenced_until?: string, banned_until?: string, reason?: string, draft?: string}} Membership
 * @typedef {{room: RoomInfo, seq: number, last_number: number, last_message_at?: string|null, me: Membership|null, uncounted?: [number, number][],
 *            floor?: number}} RoomState
 */

/**
 * What one alone is told of keeping order.
 * @typedef {{seq: number, reports: number, reported: {id: number, room: number, number: number, state: "open"|"resolved"}[],
 *            purges: {id: number, room: number, person: number, deleted: number, done: boolean}[]}} Order
 * @typedef {{id: number, room: number, name: string, slug: string|null, number: number, author: number, body: string, reporter: number|null,
 *            reason: "spam"|"abuse"|"danger"|"other", note: string, at: string, claimed_by: number|null}} Report
 */

/**
 * What one set aside for later: the whole of it, each time.
 * @typedef {{room: number, number: number, remind_at?: string, due?: boolean}} SavedMessage
 * @typedef {{id: number, room: number, at: string, failed?: boolean}} ScheduledMessage
 * @typedef {{seq: number, saved: SavedMessage[], scheduled: ScheduledMessage[]}} Agenda
 * In full; what one may not read now has neither name nor message.
 * @typedef {SavedMessage & {at: string, name?: string, slug?: string, message?: Message}} SavedEntry
 * @typedef {{id: number, room: number, at: string, body: string, client_message_id: string, name?: string, slug?: string, reply_to?: number,
 *            failed?: {code: string, message: string, why?: string, field?: string}}} ScheduledEntry
 */

/**
 * @typedef {{type: "changes", room: number, since: number, to: number, last_number: number, info?: RoomInfo,
 *            members?: Member[], messages?: Message[], notices?: Notice[]}} RoomChanges
 * @typedef {{type: "changes", me: number, since: number, to: number, memberships?: Membership[],
 *            rooms?: RoomState[], people?: Person[], order?: Order, blocks?: number[], agenda?: Agenda}} MyChanges
 * @typedef {{room: number, seq: number, first_number: number, last_number: number, messages: Message[],
 *            notices: Notice[]}} MessagePage
 * @typedef {{room: number, seq: number, count: number, members: Member[], next: number|null}} MemberPage
 * @typedef {{type: "hello", protocol: number, server: string, epoch: string, me: Person|null, is_owner: boolean, is_admin?: boolean,
 *            seq: number, rooms: RoomState[], people?: Person[], limits: Object<string, number>, merged?: number, order?: Order,
 *            blocks?: number[], agenda?: Agenda, look?: {theme: "system"|"light"|"dark", more_contrast: boolean}}} HelloReply
 * An open room as it is found, with the number of those who are in it.
 * @typedef {RoomState & {members: number}} FoundRoom
 * @typedef {{type: string, ref?: number, [member: string]: any}} Frame
 */

/**
 * A contiguous range of messages: all numbers from `from` to `to` are in `messages`, in order (`to` is `from - 1` where there
 * is none). `live`: it holds everything up to the newest message of the position at which the client stands, and grows with it.
 * @typedef {{from: number, to: number, live: boolean, messages: ReadonlyArray<Message>, notices: ReadonlyArray<Notice>}} Window
 */

/**
 * A message that waits in the outbox. `order` is the place in the queue (null until it is kept), `seen` up to which number its writer
 * had seen the room when they wrote it (null: not known), `answer` the message that it answers: both in the life of the counters that
 * `epoch` names.
 * @typedef {{client_message_id: string, owner: string, room: number, body: string, seen: number|null, answer?: number|null, epoch: string|null, at: string, order: number|null,
 *            state: "waiting"|"sending"|"sent"|"failed", error: {code: string, message: string, field?: string|null, why?: string|null}|null,
 *            holdUntil: number|null, number?: number, seq?: number}} Pending
 */

/**
 * Time as it is given to everything here. `now` in milliseconds as Date.now().
 * @typedef {{now: () => number, setTimeout: (run: () => void, milliseconds: number) => any,
 *            clearTimeout: (timer: any) => void}} Clock
 */

/**
 * What is written in a room and not sent: an open edit of the message `number`, whose `body` at `seq` is to become `text`.
 * @typedef {{number: number, seq: number, body: string, text: string}} Edit
 * `answer`: the number of the message that the next one answers.
 * `base`: what the text was when the server last had the same.
 * @typedef {{text: string, edit: Edit|null, answer: number|null, base?: string}} Draft
 */

export {};
