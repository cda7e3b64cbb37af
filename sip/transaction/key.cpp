#include <offhook/sip/transaction/key.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::sip::transaction {
namespace {

// Each part with its length in front: no choice of characters in one part can pass for another part.
void add(std::string& text, std::string_view part) { text.append(std::to_string(part.size())).append(":").append(part); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = base::to_lower(c);
  return result;
}

Key make_server_key(const Message& request, std::string_view method) {
  const Via& via = request.top_via();
  const std::string sent_by = lower(via.host) + ":" + std::to_string(via.port.value_or(0));
  Key key;
  if (via.has_rfc3261_branch()) {
    add(key.text, via.branch());
    add(key.text, sent_by);
    add(key.text, method);
    return key;
  }
  // Deviation: RFC 3261 section 17.2.3 compares the To tag too. An ACK carries ours and its INVITE none, and within a dialog
  // the CSeq number already tells two requests apart, so that leaving it out lets one key serve all.
  add(key.text, "2543");
  add(key.text, request.request_uri());
  add(key.text, request.from().tag().value_or(""));
  add(key.text, request.call_id());
  add(key.text, std::to_string(request.cseq().number));
  add(key.text, sent_by);
  add(key.text, via.branch());
  add(key.text, method);
  return key;
}

}  // namespace

Key client_key(std::string_view branch, std::string_view method) {
  Key key;
  add(key.text, branch);
  add(key.text, method);
  return key;
}

Key client_key(const Message& response) { return client_key(response.top_via().branch(), response.cseq().method_text); }

Key server_key(const Message& request) {
  return make_server_key(request, request.method() == Method::Ack ? "INVITE" : request.method_text());
}

Key cancelled_key(const Message& cancel) { return make_server_key(cancel, "INVITE"); }

}  // namespace offhook::inline v0::sip::transaction
