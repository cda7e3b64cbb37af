#include <offhook/agent/tools/http/answer.hpp>

#include <offhook/agent/support/http_text.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/tools/tool_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::http {

namespace {

using What = net::NetError::What;

constexpr std::size_t kMaxText = kMaxResultBytes + 4;  // One character more than the tool box shows, so that it notices the cut.
constexpr std::size_t kMaxRefusalText = 2048;
constexpr std::size_t kShortestSecret = 4;  // A shorter secret is not removed: it occurs in many texts by chance.
constexpr std::string_view kUnknown = " Whether the tool did its work is not known.";
constexpr std::string_view kNothing = " Nothing was done.";

bool ends_with_json(std::string_view type) {
  constexpr std::string_view kSuffix = "+json";
  return type.size() > kSuffix.size() && base::iequals(type.substr(type.size() - kSuffix.size()), kSuffix);
}
bool is_json(std::string_view type) { return base::iequals(type, "application/json") || ends_with_json(type); }
bool is_text(std::string_view type) { return type.size() > 5 && base::iequals(type.substr(0, 5), "text/"); }

void replace_all(std::string& text, std::string_view what) {
  if (what.size() < kShortestSecret) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 3)) text.replace(at, what.size(), "***");
}

/// Replaces the secrets in `text`, also in JSON and URL encoding.
std::string without(std::string text, const std::vector<std::string_view>& secrets) {
  for (const std::string_view secret : secrets) {
    std::string spelled;
    append_json_string(spelled, secret);
    replace_all(text, secret);
    replace_all(text, std::string_view(spelled).substr(1, spelled.size() - 2));
    replace_all(text, percent_encoded(secret));
  }
  return text;
}

/// Returns the body as text; "" if it is not text.
std::string shown_body(const Exchanged& exchanged, const std::vector<std::string_view>& secrets, std::size_t most) {
  const std::string_view type = media_type(exchanged.content_type);
  if (!is_json(type) && !is_text(type)) return {};
  std::string text = exchanged.body;
  json::Parser parser;
  const auto root = is_json(type) ? json::parse(parser, exchanged.body) : std::nullopt;
  if (root) text = simdjson::minify(*root);  // Blanks cost tokens and carry no data.
  text = without(std::move(text), secrets);
  return std::string(cut_utf8(text, most));
}

/// Returns true if the request cannot have changed anything.
bool is_harmless(const Exchanged& exchanged) { return exchanged.method == "GET"; }

Answer failed(const Exchanged& exchanged, std::string what, bool was_refused) {
  const bool nothing = was_refused || is_harmless(exchanged);
  std::string why = what;
  what += nothing ? kNothing : kUnknown;
  return {false, std::move(what), std::move(why)};
}

Answer done(const Exchanged& exchanged, const std::vector<std::string_view>& secrets) {
  std::string text = shown_body(exchanged, secrets, kMaxText);
  if (!text.empty()) return {true, std::move(text)};
  if (base::trim(exchanged.body).empty()) return {true, "The tool is done and has nothing to say."};
  return {true, "The tool is done. Its answer is a file that cannot be shown."};
}

/// Returns the answer for a redirect. By RFC 9110 section 15.4, a redirect may follow the action (301 to 303 after a POST), or replace it (307, 308).
Answer redirected(const Exchanged& exchanged) {
  const bool instead = exchanged.status == 304 || exchanged.status == 307 || exchanged.status == 308;
  return failed(exchanged, "The tool's service redirected the request (" + std::to_string(exchanged.status) + "). Offhook does not follow redirects.", instead);
}

/// Returns true for a status with which a server refuses a request without acting: RFC 9110 section 15.5, RFC 6585 and similar. Not for 408, which a
/// gateway also sends when the server behind it is late, and not for statuses that no standard defines.
bool is_refusal(int status) { return status >= 400 && status <= 451 && status != 408 && status != 444; }

Answer refused(const Exchanged& exchanged, const std::vector<std::string_view>& secrets) {
  const int status = exchanged.status;
  std::string what = "The tool's service refused the request (" + std::to_string(status) + ").";
  if (status == 401 || status == 403 || status == 407) return failed(exchanged, "The tool's service denied access (" + std::to_string(status) + ").", true);
  if (status == 429) what = "The tool's service limits the request rate (429). Try again later.";
  if (!is_refusal(status)) return failed(exchanged, "The tool's service gave up (" + std::to_string(status) + ").", false);
  Answer answer = failed(exchanged, std::move(what), true);
  const std::string why = shown_body(exchanged, secrets, kMaxRefusalText);
  if (!why.empty()) answer.text += " It says: " + why;
  return answer;
}

std::string_view no_connection(What what) {
  if (what == What::Refused) return "The tool's service refuses the connection.";
  return what == What::NotFound ? "The name of the tool's service is not found." : "There is no trusted TLS connection to the tool's service.";
}

/// Returns the answer for a response that was incomplete, or did not arrive.
Answer lost(const Exchanged& exchanged) {
  const What what = exchanged.error->what;
  const bool never_connected = exchanged.status == 0 && (what == What::Refused || what == What::NotFound || what == What::Tls);
  if (never_connected) return {false, "The tool is not available at the moment. Nothing was done.", std::string(no_connection(what))};
  const bool is_done = exchanged.status >= 200 && exchanged.status < 300;
  const std::string_view why = what == What::TooLarge ? "Its answer is too long to be shown." : "Its answer is incomplete.";
  if (is_done && !is_harmless(exchanged)) return {true, "The tool's service says that it is done. " + std::string(why), std::string(why)};
  if (is_refusal(exchanged.status)) return failed(exchanged, "The tool's service refused the request (" + std::to_string(exchanged.status) + ").", true);
  if (what == What::TooLarge) return failed(exchanged, "The tool's answer is too long to be shown.", false);
  if (what == What::Timeout) return failed(exchanged, "The tool did not answer in time.", false);
  return failed(exchanged, "The tool's service closed the connection too early.", false);
}

}  // namespace

Answer read_answer(const Exchanged& exchanged, const std::vector<std::string_view>& secrets) {
  if (exchanged.error) return lost(exchanged);
  if (exchanged.status >= 200 && exchanged.status < 300) return done(exchanged, secrets);
  if (exchanged.status >= 300 && exchanged.status < 400) return redirected(exchanged);
  if (exchanged.status >= 400 && exchanged.status < 500) return refused(exchanged, secrets);
  return failed(exchanged, "The tool's service failed (" + std::to_string(exchanged.status) + ").", false);
}

}  // namespace offhook::inline v0::agent::tools::http
