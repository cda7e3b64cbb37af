/* libosip2: osip_message_parse always reads start line, Via, From, To, Call-ID, CSeq, Contact, Route, Record-Route, Content-Length, Content-Type
 * and Authorization into structures. It keeps the other header fields as text. The depths index and typed differ only in these other fields. */
#include "peers.h"

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>

#include <stdlib.h>
#include <string.h>

static size_t text_of(const osip_message_t *sip, const char *name) {
  osip_header_t *header = NULL;
  size_t tokens = 0;
  for (int at = 0; (at = osip_message_header_get_byname(sip, name, at, &header)) >= 0; ++at) {
    if (header->hvalue != NULL) tokens += offhook_count_tokens(header->hvalue, strlen(header->hvalue));
  }
  return tokens;
}

static size_t number_of(const osip_message_t *sip, const char *name) {
  osip_header_t *header = NULL;
  if (osip_message_header_get_byname(sip, name, 0, &header) < 0 || header->hvalue == NULL) return 0;
  return strtoul(header->hvalue, NULL, 10);
}

static size_t read_body(const osip_message_t *sip) {
  osip_body_t *body = NULL;
  sdp_message_t *sdp = NULL;
  size_t seen = 0;
  if (osip_message_get_body(sip, 0, &body) < 0 || body == NULL || sdp_message_init(&sdp) != 0) return 0;
  if (sdp_message_parse(sdp, body->body) == 0) seen = 1 + (size_t)osip_list_size(&sdp->m_medias);
  sdp_message_free(sdp);
  return seen;
}

size_t offhook_osip(const char *data, size_t size, offhook_depth depth) {
  static int ready = 0;
  osip_message_t *sip = NULL;
  size_t seen = 0;
  if (!ready) ready = parser_init() == 0;
  if (osip_message_init(&sip) != 0) return 0;
  if (osip_message_parse(sip, data, size) == 0) {
    seen = 1 + (size_t)osip_list_size(&sip->vias);
    if (depth >= OFFHOOK_TYPED) {
      seen += text_of(sip, "allow") + text_of(sip, "supported") + text_of(sip, "require");
      seen += number_of(sip, "max-forwards") + number_of(sip, "session-expires");
    }
    if (depth == OFFHOOK_SDP) {
      const size_t body = read_body(sip);
      seen = body == 0 ? 0 : seen + body;
    }
  }
  osip_message_free(sip);
  return seen;
}
