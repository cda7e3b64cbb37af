/* sofia-sip: msg_make parses every header field of the class sip into structures at once, in place in its own copy of the datagram. The depths
 * index and typed are therefore the same work. Unknown fields remain text. */
#include "peers.h"

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sdp.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>

static size_t read_body(msg_t *msg, const sip_t *sip) {
  size_t seen = 0;
  sdp_parser_t *parser;
  if (sip->sip_payload == NULL) return 0;
  parser = sdp_parse(msg_home(msg), sip->sip_payload->pl_data, (issize_t)sip->sip_payload->pl_len, 0);
  if (sdp_session(parser) != NULL) seen = 1 + (sdp_session(parser)->sdp_media != NULL);
  sdp_parser_free(parser);
  return seen;
}

size_t offhook_sofia(const char *data, size_t size, offhook_depth depth) {
  size_t seen = 0;
  msg_t *msg = msg_make(sip_default_mclass(), 0, data, (ssize_t)size);
  const sip_t *sip = msg == NULL ? NULL : sip_object(msg);
  if (sip != NULL && sip->sip_error == NULL && sip->sip_via != NULL && sip->sip_cseq != NULL && sip->sip_content_length != NULL) {
    seen = 1 + sip->sip_cseq->cs_seq;
    if (depth >= OFFHOOK_TYPED) {
      seen += sip->sip_session_expires == NULL ? 0 : sip->sip_session_expires->x_delta;
      seen += sip->sip_allow != NULL && sip->sip_supported != NULL && sip->sip_record_route != NULL && sip->sip_contact != NULL;
    }
    if (depth == OFFHOOK_SDP) {
      const size_t body = read_body(msg, sip);
      seen = body == 0 ? 0 : seen + body;
    }
  }
  if (msg != NULL) msg_destroy(msg);
  return seen;
}
