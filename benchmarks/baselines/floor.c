/* The floor: what a broadcast costs when nothing else is done. One thread, epoll, one write() of a ready-made frame
 * per socket and message. No accounts, no storage, no order between rooms: there is one room and it is everybody.
 *
 *   floor <port>      port 0: any free one; it prints the port that it listens on
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 65536
#define MAX_IN (128 * 1024)

struct peer {
    int open;                            /* the handshake is done */
    int slot;                            /* its place in `everyone` */
    uint8_t *in;  size_t in_len, in_cap;
    uint8_t *out; size_t out_len, out_cap; /* what the kernel did not take at once */
};

static struct peer *peers[MAX_FD];
static int everyone[MAX_FD], population, ep;

/* --- SHA-1 and base64, for Sec-WebSocket-Accept ------------------------------------------------------------------ */

static uint32_t rol(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }

static void sha1(const uint8_t *data, size_t len, uint8_t digest[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    size_t total = ((len + 8) / 64 + 1) * 64;
    uint8_t *text = calloc(1, total);
    memcpy(text, data, len);
    text[len] = 0x80;
    uint64_t bits = (uint64_t)len * 8;
    for (int i = 0; i < 8; i++) text[total - 1 - i] = (uint8_t)(bits >> (8 * i));
    for (size_t at = 0; at < total; at += 64) {
        uint32_t w[80];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)text[at + 4 * i] << 24 | (uint32_t)text[at + 4 * i + 1] << 16 |
                   (uint32_t)text[at + 4 * i + 2] << 8 | text[at + 4 * i + 3];
        for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20)      { f = (b & c) | (~b & d);          k = 0x5A827999; }
            else if (i < 40) { f = b ^ c ^ d;                   k = 0x6ED9EBA1; }
            else if (i < 60) { f = (b & c) | (b & d) | (c & d); k = 0x8F1BBCDC; }
            else             { f = b ^ c ^ d;                   k = 0xCA62C1D6; }
            uint32_t t = rol(a, 5) + f + e + k + w[i];
            e = d; d = c; c = rol(b, 30); b = a; a = t;
        }
        h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
    }
    free(text);
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t *data, size_t len, char *out) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)data[i] << 16 | (i + 1 < len ? data[i + 1] << 8 : 0) | (i + 2 < len ? data[i + 2] : 0);
        *out++ = letters[v >> 18 & 63];
        *out++ = letters[v >> 12 & 63];
        *out++ = i + 1 < len ? letters[v >> 6 & 63] : '=';
        *out++ = i + 2 < len ? letters[v & 63] : '=';
    }
    *out = 0;
}

/* --- sockets ------------------------------------------------------------------------------------------------------ */

static void drop(int fd) {
    struct peer *p = peers[fd];
    if (!p) return;
    if (p->open) {
        int last = everyone[--population];
        everyone[p->slot] = last;
        peers[last]->slot = p->slot;
    }
    free(p->in);
    free(p->out);
    free(p);
    peers[fd] = NULL;
    close(fd);
}

static void watch(int fd, uint32_t events) {
    struct epoll_event e = {.events = events, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_MOD, fd, &e);
}

/* 0, or -1 when the peer is gone (the caller drops it when no loop over `everyone` runs). */
static int give(int fd, const uint8_t *data, size_t len) {
    struct peer *p = peers[fd];
    size_t done = 0;
    if (!p->out_len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EAGAIN) return -1;
        done = n > 0 ? (size_t)n : 0;
        if (done == len) return 0;
        watch(fd, EPOLLIN | EPOLLOUT);
    }
    size_t need = p->out_len + len - done;
    if (need > p->out_cap) {
        p->out_cap = need * 2;
        p->out = realloc(p->out, p->out_cap);
    }
    memcpy(p->out + p->out_len, data + done, len - done);
    p->out_len = need;
    return 0;
}

static void flush(int fd) {
    struct peer *p = peers[fd];
    ssize_t n = write(fd, p->out, p->out_len);
    if (n < 0) {
        if (errno != EAGAIN) drop(fd);
        return;
    }
    memmove(p->out, p->out + n, p->out_len - (size_t)n);
    p->out_len -= (size_t)n;
    if (!p->out_len) watch(fd, EPOLLIN);
}

static void broadcast(const uint8_t *text, size_t len) {
    static uint8_t frame[MAX_IN + 4];
    size_t head = 2;
    frame[0] = 0x81;
    if (len < 126) {
        frame[1] = (uint8_t)len;
    } else {
        frame[1] = 126;
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
        head = 4;
    }
    memcpy(frame + head, text, len);
    for (int i = population - 1; i >= 0; i--) /* backwards: dropping one moves only the last into its place */
        if (give(everyone[i], frame, head + len) < 0) drop(everyone[i]);
}

static int handshake(int fd) {
    struct peer *p = peers[fd];
    uint8_t *end = memmem(p->in, p->in_len, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    char *key = strcasestr((char *)p->in, "sec-websocket-key:");
    if (!key) return -1;
    key += 18;
    while (*key == ' ') key++;
    char text[128];
    size_t len = strcspn(key, "\r\n");
    if (len > 64) return -1;
    memcpy(text, key, len);
    strcpy(text + len, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    uint8_t digest[20];
    sha1((uint8_t *)text, strlen(text), digest);
    char accept[32], answer[256];
    base64(digest, 20, accept);
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    size_t used = (size_t)(end + 4 - p->in);
    memmove(p->in, p->in + used, p->in_len - used);
    p->in_len -= used;
    p->open = 1;
    p->slot = population;
    everyone[population++] = fd;
    return give(fd, (uint8_t *)answer, (size_t)size);
}

/* Takes whole frames out of what came in. -1: the peer is done. */
static int frames(int fd) {
    struct peer *p = peers[fd];
    size_t at = 0;
    while (p->in_len - at >= 6) {
        uint8_t *f = p->in + at;
        size_t len = f[1] & 0x7F, head = 6;
        if (!(f[1] & 0x80) || len == 127) return -1;
        if (len == 126) {
            if (p->in_len - at < 8) break;
            len = (size_t)f[2] << 8 | f[3];
            head = 8;
        }
        if (p->in_len - at < head + len) break;
        uint8_t *mask = f + head - 4, *text = f + head;
        for (size_t i = 0; i < len; i++) text[i] ^= mask[i & 3];
        at += head + len;
        if ((f[0] & 15) == 8) return -1;
        if ((f[0] & 15) == 1) broadcast(text, len);
        if (!peers[fd]) return 0; /* the broadcast found this very socket closed */
    }
    memmove(p->in, p->in + at, p->in_len - at);
    p->in_len -= at;
    return 0;
}

static void readable(int fd) {
    struct peer *p = peers[fd];
    if (p->in_cap - p->in_len < 4096) {
        if (p->in_cap >= MAX_IN) { drop(fd); return; }
        p->in_cap = p->in_cap ? p->in_cap * 2 : 8192;
        p->in = realloc(p->in, p->in_cap);
    }
    ssize_t n = read(fd, p->in + p->in_len, p->in_cap - p->in_len);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { drop(fd); return; }
    p->in_len += (size_t)n;
    if (!p->open && handshake(fd) < 0) { drop(fd); return; }
    if (p->open && frames(fd) < 0) { drop(fd); return; }
    p = peers[fd];
    if (p && !p->in_len) { /* an idle socket holds no buffer */
        free(p->in);
        p->in = NULL;
        p->in_cap = 0;
    }
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? (uint16_t)atoi(argv[1]) : 0)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    if (bind(listener, (struct sockaddr *)&here, size) || listen(listener, 4096)) { perror("floor"); return 1; }
    getsockname(listener, (struct sockaddr *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);

    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(ep, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int peer;
                while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (peer >= MAX_FD) { close(peer); continue; }
                    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    peers[peer] = calloc(1, sizeof(struct peer));
                    struct epoll_event in = {.events = EPOLLIN, .data.fd = peer};
                    epoll_ctl(ep, EPOLL_CTL_ADD, peer, &in);
                }
                continue;
            }
            if (peers[fd] && events[i].events & EPOLLOUT) flush(fd);
            if (peers[fd] && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(fd);
        }
    }
}
