/* libre: sip_msg_decode keeps each header field as a pair of pointers in a list and a hash table. It decodes the topmost Via, From, To, CSeq,
 * Content-Type and the Request-URI immediately. For the depth typed, this file decodes the other fields. */
#include "peers.h"

/* The options of Debian's build of the library. Its headers use types that they do not declare. */
#define HAVE_INET6
#define HAVE_INTTYPES_H
#define HAVE_STDBOOL_H
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

#include <re.h>

struct decoded {
  size_t seen;
  int error;
};

static bool decode_via(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg) {
  struct decoded *out = arg;
  struct sip_via via;
  (void)msg;
  out->error |= sip_via_decode(&via, &hdr->val);
  ++out->seen;
  return false;
}

static bool decode_address(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg) {
  struct decoded *out = arg;
  struct sip_addr address;
  (void)msg;
  out->error |= sip_addr_decode(&address, &hdr->val);
  ++out->seen;
  return false;
}

static bool count_value(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg) { /* libre has already split the list. */
  struct decoded *out = arg;
  (void)msg;
  out->seen += hdr->val.l != 0;
  return false;
}

static void decode_typed(const struct sip_msg *msg, struct decoded *out) {
  const struct sip_hdr *expires;
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_VIA, decode_via, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, decode_address, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_ROUTE, decode_address, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_RECORD_ROUTE, decode_address, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_ALLOW, count_value, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_SUPPORTED, count_value, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_REQUIRE, count_value, out);
  (void)sip_msg_hdr_apply(msg, true, SIP_HDR_AUTHORIZATION, count_value, out);
  out->seen += pl_u32(&msg->maxfwd) + pl_u32(&msg->clen);
  expires = sip_msg_hdr(msg, SIP_HDR_SESSION_EXPIRES);
  if (expires != NULL) out->seen += pl_u32(&expires->val);
}

/* libre parses a description only into a session of its own that has a stream. Both messages are parsed as offers: an answer would first need an
 * encoded offer, and uses the same parser. */
static int decode_body(const struct sip_msg *msg, struct decoded *out) {
  struct sdp_session *session = NULL;
  struct sdp_media *audio = NULL;
  struct sa local;
  int error = sa_set_str(&local, "127.0.0.1", 0);
  if (!error) error = sdp_session_alloc(&session, &local);
  if (!error) error = sdp_media_add(&audio, session, "audio", 4000, "RTP/AVP");
  if (!error) error = sdp_format_add(NULL, audio, false, "0", "PCMU", 8000, 1, NULL, NULL, NULL, false, NULL);
  if (!error) error = sdp_decode(session, msg->mb, true);
  if (!error) out->seen += list_count(sdp_session_medial(session, false));
  mem_deref(session);
  return error;
}

size_t offhook_re(const char *data, size_t size, offhook_depth depth) {
  struct decoded out = {1, 0};
  struct sip_msg *msg = NULL;
  struct mbuf *mb = mbuf_alloc(size);
  if (mb == NULL) return 0;
  (void)mbuf_write_mem(mb, (const uint8_t *)data, size);
  mb->pos = 0;
  out.error = sip_msg_decode(&msg, mb);
  if (!out.error && depth >= OFFHOOK_TYPED) decode_typed(msg, &out);
  if (!out.error && depth == OFFHOOK_SDP) out.error = decode_body(msg, &out);
  mem_deref(msg);
  mem_deref(mb);
  return out.error ? 0 : out.seen;
}
