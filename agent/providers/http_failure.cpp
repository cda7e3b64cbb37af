#include <offhook/agent/providers/http_failure.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

bool is_mark(char c) { return c == '_' || c == '.' || c == '-'; }

/// Returns true if `text` may be a secret key, because a server may send the key back as the code of its error. Names consist of words.
/// Keys begin with "sk-", or mix letters and digits in long runs: of 32 or 40 octets, while a UUID, which may name a request, has at
/// most 12 in a row.
bool is_like_key(std::string_view text) {
  constexpr std::size_t kLongestMixed = 15;
  if (text.starts_with("sk-")) return true;
  while (!text.empty()) {
    const auto end = std::find_if(text.begin(), text.end(), is_mark);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const bool is_mixed = std::any_of(word.begin(), word.end(), base::is_digit) && std::any_of(word.begin(), word.end(), base::is_alpha);
    if (is_mixed && word.size() > kLongestMixed) return true;
  }
  return false;
}

bool is_name(std::string_view text) {
  const auto may_be_in_one = [](char c) { return base::is_digit(c) || base::is_alpha(c) || is_mark(c); };
  return !text.empty() && text.size() <= ErrorNames::kMaxErrorName && std::all_of(text.begin(), text.end(), may_be_in_one) && !is_like_key(text);
}

std::string name_in(const json::Element& object, std::string_view member) {
  const auto value = json::member(object, member);
  if (!value) return {};
  std::string text = json::text_or_json(*value);  // Codes of compatible servers may be numbers.
  return is_name(text) ? text : std::string{};
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [text](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

std::optional<FailureKind> kind_by_name(std::string_view name) {
  if (contains_any(name, {"quota", "billing", "api_key", "authentication", "permission", "account_deactivated", "unauthorized"}))
    return FailureKind::Auth;
  if (contains_any(name, {"content_filter", "content_policy", "ResponsibleAI"})) return FailureKind::Filtered;
  if (contains_any(name, {"rate_limit"})) return FailureKind::RateLimited;
  if (contains_any(name, {"server_error", "overloaded", "unavailable", "internal_error"})) return FailureKind::Overloaded;
  if (contains_any(name, {"timeout"})) return FailureKind::Timeout;
  return std::nullopt;
}

std::string_view advice_on(FailureKind kind, int status) {
  switch (kind) {
    case FailureKind::Auth: return ": check the key, and the permissions of its account";
    case FailureKind::RateLimited: return ": the rate limit or the quota of this account is reached";
    case FailureKind::Protocol:
      return status == 404 ? ": check the base URL and the model's name" : ": it refuses the request";
    case FailureKind::Filtered: return ": the provider's content filter refuses the conversation";
    case FailureKind::Local:
    case FailureKind::Overloaded:
    case FailureKind::Network:
    case FailureKind::Empty:
    case FailureKind::Timeout:
    case FailureKind::Loading: return "";
  }
  return "";
}

/// Parses the value of a header with a wait in units of `unit_ms` milliseconds; nullopt if it is "" or a date.
std::optional<base::Duration> wait_in(std::string_view text, double unit_ms) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1e6) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * unit_ms));
}

std::optional<base::Duration> retry_of(const net::HttpHead& head, FailureKind kind) {
  const std::string_view should = head.header("x-should-retry");
  const bool transient = head.status == 408 || head.status == 409 || head.status == 429 || head.status >= 500;
  if (should == "false" || (!transient && should != "true") || kind == FailureKind::Auth) return std::nullopt;
  auto wait = wait_in(head.header("retry-after-ms"), 1);
  if (!wait) wait = wait_in(head.header("retry-after"), 1000);
  if (!wait && (head.status == 429 || !head.header("retry-after").empty()))
    return std::nullopt;  // The server gives no time, or gives a date.
  const base::Duration in = std::max(wait.value_or(kServerRetry), kNetworkRetry);
  return in <= kLongestRetry ? std::optional(in) : std::nullopt;
}

}  // namespace

std::string ErrorNames::to_string() const {
  std::string text;
  for (const std::string& part : {type, code, param}) {
    if (!part.empty()) text += (text.empty() ? " (" : ", ") + part;
  }
  return text.empty() ? text : text + ")";
}

ErrorNames parse_error_names(std::string_view body) {
  json::Parser parser;
  const auto root = json::parse(parser, body.substr(0, kMaxErrorBody));
  if (!root) return {};
  const auto inner = json::member(*root, "error");  // vLLM has the members of `error` at the top level. In some servers' answers, `error` is a sentence.
  const json::Element& error = inner && inner->is_object() ? *inner : *root;
  const auto either = [&error](std::string_view name, std::string_view other) {
    std::string found = name_in(error, name);
    return found.empty() ? name_in(error, other) : found;
  };
  return {either("type", "category"), either("code", "err_code"), name_in(error, "param")};  // The second names are those of other services.
}

FailureKind kind_of(int status, const ErrorNames& error) {
  if (status == 401 || status == 402 || status == 403) return FailureKind::Auth;
  if (status == 408) return FailureKind::Timeout;
  if (const auto kind = kind_by_name(error.code)) return *kind;
  if (status == 429) return kind_by_name(error.type) == FailureKind::Auth ? FailureKind::Auth : FailureKind::RateLimited;
  if (status == 409 || status >= 500) return FailureKind::Overloaded;
  if (status == 0) return kind_by_name(error.type).value_or(FailureKind::Overloaded);
  return FailureKind::Protocol;
}

RequestFailure failure_of(std::string_view whom, const net::HttpHead& head, std::string_view body) {
  const ErrorNames error = parse_error_names(body);
  const FailureKind kind = kind_of(head.status, error);
  std::string why = std::string(whom) + " answered " + std::to_string(head.status) + error.to_string();
  why += advice_on(kind, head.status);
  return {kind, std::move(why), retry_of(head, kind)};
}

RequestFailure failure_of(std::string_view whom, const net::NetError& error) {
  const auto make = [&](FailureKind kind, std::optional<base::Duration> retry) {
    return RequestFailure{kind, "no answer from " + std::string(whom) + ": " + error.detail, retry};
  };
  using What = net::NetError::What;
  switch (error.what) {
    case What::Refused:
    case What::NotFound:
    case What::Closed: return make(FailureKind::Network, kNetworkRetry);
    case What::Tls: return make(FailureKind::Network, std::nullopt);  // A certificate does not change within a second.
    case What::Timeout: return make(FailureKind::Timeout, std::nullopt);
    case What::TooLarge:
    case What::Protocol: return make(FailureKind::Protocol, std::nullopt);
    case What::Local: return make(FailureKind::Local, std::nullopt);
  }
  return make(FailureKind::Local, std::nullopt);
}

}  // namespace offhook::inline v0::agent
