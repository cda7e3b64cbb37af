#include <offhook/sip/transaction/key.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::sip::transaction {
namespace {

// Adds each part with its length in front, so that no characters in one part can imitate another part.
void add(std::string& text, std::string_view part) { text.append(std::to_string(part.size())).append(1, ':').append(part); }

/// Makes the key of From tag, Call-ID, CSeq number and method. Returns nullopt for ACK, CANCEL and requests within a dialog.
std::optional<Key> origin_key(const Message& request) {
  if (request.method() == Method::Ack || request.method() == Method::Cancel || request.to().tag()) return std::nullopt;
  const std::string_view tag = request.from().tag().value_or("");
  Key key;
  key.text.reserve(tag.size() + request.call_id().size() + request.method_text().size() + 32);
  add(key.text, tag);
  add(key.text, request.call_id());
  add(key.text, std::to_string(request.cseq().number));
  add(key.text, request.method_text());
  return key;
}

void add_lower(std::string& text, std::string_view part) {
  for (const char c : part) text.push_back(base::to_lower(c));
}

/// Adds sent-by in the form in which it is compared: RFC 3261 section 20.42.
void add_sent_by(std::string& text, const Via& via) {
  const std::string port = std::to_string(via.port.value_or(0));
  text.append(std::to_string(via.host.size() + 1 + port.size())).append(1, ':');
  add_lower(text, via.host);
  text.append(1, ':').append(port);
}

Key make_server_key(const Message& request, std::string_view method) {
  const Via& via = request.top_via();
  const auto branch = via.branch();
  Key key;
  key.text.reserve(branch.size() + via.host.size() + method.size() + 32);  // The remaining 32 octets hold lengths and a port.
  if (is_rfc3261_branch(branch)) {
    add(key.text, branch);
    add_sent_by(key.text, via);
    add(key.text, method);
    return key;
  }
  // Deviation: RFC 3261 section 17.2.3 also compares the To tag. It is left out so that one key serves all requests: an ACK has
  // our To tag and its INVITE has none. Within a dialog, the CSeq number already distinguishes requests.
  add(key.text, "2543");
  add(key.text, request.request_uri());
  add(key.text, request.from().tag().value_or(""));
  add(key.text, request.call_id());
  add(key.text, std::to_string(request.cseq().number));
  add_sent_by(key.text, via);
  add(key.text, branch);
  add(key.text, method);
  return key;
}

}  // namespace

Key client_key(std::string_view branch, std::string_view method) {
  Key key;
  key.text.reserve(branch.size() + method.size() + 16);
  add(key.text, branch);
  add(key.text, method);
  return key;
}

Key client_key(const Message& response) { return client_key(response.top_via().branch(), response.cseq().method_text); }

Key server_key(const Message& request) {
  return make_server_key(request, request.method() == Method::Ack ? "INVITE" : request.method_text());
}

Key cancelled_key(const Message& cancel) { return make_server_key(cancel, "INVITE"); }

RequestKeys keys_of(const Message& request) { return {server_key(request), origin_key(request)}; }

}  // namespace offhook::inline v0::sip::transaction
