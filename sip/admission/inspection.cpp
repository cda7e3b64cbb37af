#include <offhook/sip/admission/inspection.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/multipart.hpp>
#include <offhook/sip/model/capabilities.hpp>

#include <string>

namespace offhook::inline v0::sip {

namespace {

/// Returns 405 for a known method that we do not accept, and 501 for an unknown one: RFC 3261 section 8.2.1.
std::optional<Refused> inspect_method(const Message& request, const Capabilities& can) {
  switch (request.method()) {
    case Method::Invite:
    case Method::Ack:
    case Method::Bye:
    case Method::Cancel:
    case Method::Options:
    case Method::Notify:  // For our own REFER and SUBSCRIBE; any other NOTIFY gets 481 later.
    case Method::Prack:
    case Method::Update:
      return std::nullopt;
    case Method::Register:
    case Method::Publish: return Refused{405, {}};
    case Method::Info:
    case Method::Refer:
    case Method::Subscribe:
    case Method::Message:  // Within a dialog, its call or subscription decides; otherwise the owner must have enabled the method.
      if (request.to().tag() || can.takes(request.method())) return std::nullopt;
      return Refused{405, {}};
    case Method::Other: return Refused{501, {}};
  }
  return Refused{501, {}};
}

/// Checks the Request-URI: RFC 3261 section 8.2.2.1
std::optional<Refused> inspect_uri(const Message& request) {
  const auto uri = parse_uri(request.request_uri());
  if (!uri) return Refused{400, {}};
  if (uri->scheme == Uri::Scheme::Other) return Refused{416, {}};
  return std::nullopt;
}

/// Checks the required extensions: RFC 3261 section 8.2.2.3
std::optional<Refused> inspect_require(const Message& request) {
  if (request.method() == Method::Cancel) return std::nullopt;
  std::string unsupported;
  auto required = request.tokens(HeaderName::Require);
  while (const auto tag = required.next()) {
    if (is_supported(*tag)) continue;
    unsupported += (unsupported.empty() ? "" : ", ") + std::string(*tag);
  }
  if (unsupported.empty()) return std::nullopt;
  return Refused{420, {{"Unsupported", unsupported}}};
}

/// Refuses more Contacts or Record-Routes than our bounds. The code that reads these values later reports faulty ones.
std::optional<Refused> inspect_values(const Message& request) {
  if (request.method() != Method::Invite && request.method() != Method::Subscribe) return std::nullopt;
  for (auto values : {request.contacts(), request.record_routes()}) {
    while (values.next() != nullptr) {}
    if (values.error() == ParseError::TooManyValues) return Refused{400, {}};
  }
  return std::nullopt;
}

/// Checks that a multipart body has a session description that we can read, or may be ignored: RFC 5621 section 8.4.
std::optional<Refused> inspect_parts(std::string_view content_type, std::string_view body) {
  const auto found = find_part(content_type, body, kAccept);
  if (found && !found->blocked && (found->part || found->optional)) return std::nullopt;
  if (!found && (found.error() == MultipartError::TooManyParts || found.error() == MultipartError::TooDeep))
    return Refused{413, {}};
  if (!found) return Refused{400, {}};
  return Refused{415, {{"Accept", std::string(kAccept)}}};
}

/// Checks the body: RFC 3261 section 8.2.3. Only offers are read, so only requests that may carry one are checked. An optional
/// body is used as an offer if it can be read (session::description_of), and is ignored otherwise.
std::optional<Refused> inspect_body(const Message& request) {
  const bool offers =
      request.method() == Method::Invite || request.method() == Method::Update || request.method() == Method::Prack;
  if (!offers || request.body().empty() || is_optional(request.find(HeaderName::ContentDisposition).value_or(""))) return std::nullopt;
  const auto encoding = request.find(HeaderName::ContentEncoding);
  if (encoding && !base::iequals(base::trim(*encoding), "identity")) return Refused{415, {{"Accept-Encoding", "identity"}}};
  const auto type = request.find(HeaderName::ContentType).value_or("");
  if (is_multipart(type)) return inspect_parts(type, request.body());
  if (!base::iequals(request.content_type(), kAccept)) return Refused{415, {{"Accept", std::string(kAccept)}}};
  return std::nullopt;
}

/// Refuses an INVITE whose Accept does not allow SDP, because it cannot be answered: RFC 3261 section 20.1.
std::optional<Refused> inspect_accept(const Message& request) {
  if (request.method() != Method::Invite) return std::nullopt;
  bool given = false;
  for (const Header& header : request.headers()) {
    if (header.id != HeaderName::Accept) continue;
    given = true;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      base::TextCursor range(base::trim(rest.substr(0, rest.find(','))));
      const auto type = base::trim(range.take_until(';'));
      if (base::iequals(type, kAccept) || base::iequals(type, "application/*") || type == "*/*") return std::nullopt;
      const auto comma = rest.find(',');
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  if (!given) return std::nullopt;  // The default is application/sdp.
  return Refused{406, {}};
}

/// Refuses Replaces in other requests than INVITE: RFC 3891 section 3.
std::optional<Refused> inspect_replaces(const Message& request) {
  if (request.method() == Method::Invite || !request.has(HeaderName::Replaces)) return std::nullopt;
  return Refused{400, {}};
}

}  // namespace

std::optional<Refused> inspect(const Message& request, const Capabilities& can) {
  if (auto refused = inspect_method(request, can)) return refused;
  if (auto refused = inspect_uri(request)) return refused;
  if (auto refused = inspect_require(request)) return refused;
  if (auto refused = inspect_values(request)) return refused;
  if (auto refused = inspect_replaces(request)) return refused;
  if (auto refused = inspect_body(request)) return refused;
  if (auto refused = inspect_accept(request)) return refused;
  return std::nullopt;
}

}  // namespace offhook::inline v0::sip
