/* What the SIP stacks that we are measured against do with one received datagram, each in a file of its own: their headers are C
 * and do not live in one translation unit. Each function allocates and frees as the stack's users must, the copy of the datagram
 * where the stack wants one included. 0 when the message was refused, else something that depends on what was read. */
#ifndef OFFHOOK_BENCH_PEERS_H
#define OFFHOOK_BENCH_PEERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* index: a message whose header fields can be looked up. typed: and Via, From, To, Call-ID, CSeq, Contact, Route, Record-Route,
 * Max-Forwards, Content-Length, Content-Type, Require, Supported, Allow, Session-Expires, Authorization parsed as far as the
 * stack can; lists that it leaves as text are cut at their commas by us. sdp: and the body, by the stack's own parser. */
typedef enum { OFFHOOK_INDEX, OFFHOOK_TYPED, OFFHOOK_SDP } offhook_depth;

size_t offhook_osip(const char *data, size_t size, offhook_depth depth);
size_t offhook_sofia(const char *data, size_t size, offhook_depth depth);
size_t offhook_re(const char *data, size_t size, offhook_depth depth);

/* Tokens of a comma-separated list, where the stack hands out text alone. */
size_t offhook_count_tokens(const char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
