#include <offhook/sip/stack/admission.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/multipart.hpp>
#include <offhook/sip/stack/capabilities.hpp>

#include <string>

namespace offhook::inline v0::sip {

namespace {

/// RFC 3261 section 8.2.1: 405 for a method that we know and do not take, 501 for one that we have never heard of.
std::optional<Refused> inspect_method(const Message& request, const Capabilities& can) {
  switch (request.method()) {
    case Method::Invite:
    case Method::Ack:
    case Method::Bye:
    case Method::Cancel:
    case Method::Options:
    case Method::Notify:  // Of our own REFER and SUBSCRIBE; any other is answered with 481.
    case Method::Prack:
    case Method::Update:
      return std::nullopt;
    case Method::Register:
    case Method::Publish: return Refused{405, {}};
    case Method::Info:
    case Method::Refer:
    case Method::Subscribe:
    case Method::Message:  // Within a call or a subscription, which answers; else what the owner has enabled.
      if (request.to().tag() || can.takes(request.method())) return std::nullopt;
      return Refused{405, {}};
    case Method::Other: return Refused{501, {}};
  }
  return Refused{501, {}};
}

/// RFC 3261 section 8.2.2.1
std::optional<Refused> inspect_uri(const Message& request) {
  const auto uri = parse_uri(request.request_uri());
  if (!uri) return Refused{400, {}};
  if (uri->scheme == Uri::Scheme::Other) return Refused{416, {}};
  return std::nullopt;
}

/// RFC 3261 section 8.2.2.3
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

/// More Contacts or Record-Routes than we keep; a faulty one is told where it is read.
std::optional<Refused> inspect_values(const Message& request) {
  if (request.method() != Method::Invite && request.method() != Method::Subscribe) return std::nullopt;
  for (auto values : {request.contacts(), request.record_routes()}) {
    while (values.next() != nullptr) {}
    if (values.error() == ParseError::TooManyValues) return Refused{400, {}};
  }
  return std::nullopt;
}

/// RFC 5621 section 8.4: a body in parts is as good as the session description in it.
std::optional<Refused> inspect_parts(std::string_view content_type, std::string_view body) {
  const auto found = find_part(content_type, body, kAccept);
  if (found && !found->blocked && (found->part || found->optional)) return std::nullopt;
  if (!found && (found.error() == MultipartError::TooManyParts || found.error() == MultipartError::TooDeep))
    return Refused{413, {}};
  if (!found) return Refused{400, {}};
  return Refused{415, {{"Accept", std::string(kAccept)}}};
}

/// RFC 3261 section 8.2.3. Only an offer is read, so only what carries one is inspected; an optional body is an offer when it can be
/// read (session::description_of), and nothing otherwise.
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

/// RFC 3261 section 20.1: an INVITE whose Accept leaves no room for SDP cannot be answered.
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
  if (!given) return std::nullopt;  // Then application/sdp is assumed.
  return Refused{406, {}};
}

/// Only an INVITE takes a call's place: RFC 3891 section 3.
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
