#include <offhook/sip/stack/invitation.hpp>

#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// From of anonymous calls: RFC 3323 section 4.1.1.3
constexpr std::string_view kAnonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

std::string who(const AccountOptions& account) {
  const std::string display = account.display_name.empty() ? std::string() : quote(account.display_name) + " ";
  return display + "<" + account.address_of_record + ">";
}

}  // namespace

base::Result<session::InviteClientSession::Invitation, StackError> make_invitation(const AccountOptions& account,
                                                                                   OutboundRoute way,
                                                                                   CallOptions options,
                                                                                   std::string_view referred_by,
                                                                                   base::Random& random) {
  const auto target = parse_uri(options.target);
  if (!target || !hop_of(account.address_of_record)) return base::fail(StackError::BadUri);
  session::InviteClientSession::Invitation made;
  RequestHead& head = made.head;
  head.method = Method::Invite;
  head.request_uri = as_request_uri(*target);
  head.next_hop = options.through_registrar ? std::move(way.next_hop) : head.request_uri;
  if (options.through_registrar) head.routes = std::move(way.routes);
  if (!hop_of(head.next_hop)) return base::fail(StackError::BadUri);
  if (why_not_sent(options.headers)) return base::fail(StackError::BadHeader);
  head.from = (options.privacy.any() ? std::string(kAnonymous) : who(account)) + ";tag=" + random.token();
  head.to = "<" + head.request_uri + ">";
  head.call_id = random.token();
  head.cseq = 1;
  if (options.replaces) {  // RFC 3891 section 4
    made.own.emplace_back("Replaces", to_string(*options.replaces));
    made.own.emplace_back("Require", "replaces");
  }
  if (!referred_by.empty()) made.own.emplace_back("Referred-By", referred_by);  // RFC 3892 section 2.2
  if (options.privacy.any() || options.privacy.none) made.own.emplace_back("Privacy", to_string(options.privacy));
  // Tell our identity only to trusted servers: RFC 3325 section 9.2. A call without the registrar may go to any host.
  if (options.privacy.any() && options.through_registrar) made.own.emplace_back("P-Preferred-Identity", who(account));
  made.headers = std::move(options.headers);
  made.offer = std::move(options.offer);
  made.max_redirections = options.max_redirections;
  made.straight = !options.through_registrar;
  return made;
}

}  // namespace offhook::inline v0::sip
