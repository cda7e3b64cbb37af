/* sofia-sip with its transaction engine nta, and with its own transports and event loop. */
#include "options.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_wait.h>

#include <stdlib.h>

static int on_request(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip) {
  (void)magic, (void)leg, (void)sip;
  nta_incoming_treply(irq, SIP_200_OK, SIPTAG_ALLOW_STR(OFFHOOK_ALLOW), SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
  nta_incoming_destroy(irq);
  return 0;
}

void offhook_sofia_serve(volatile int *port, volatile int *stop) {
  su_root_t *root;
  nta_agent_t *agent;
  nta_leg_t *leg;
  const sip_contact_t *contact;
  su_init();
  root = su_root_create(NULL);
  agent = nta_agent_create(root, URL_STRING_MAKE("sip:127.0.0.1:*;transport=udp"), NULL, NULL, TAG_END());
  leg = agent == NULL ? NULL : nta_leg_tcreate(agent, on_request, NULL, NTATAG_NO_DIALOG(1), TAG_END());
  contact = agent == NULL ? NULL : nta_agent_contact(agent);
  if (leg == NULL || contact == NULL || contact->m_url->url_port == NULL) {
    *port = -1;
    return;
  }
  *port = atoi(contact->m_url->url_port);
  while (!*stop) su_root_step(root, 50);
  nta_leg_destroy(leg);
  nta_agent_destroy(agent);
  su_root_destroy(root);
  su_deinit();
}
