#include <offhook/sip/session/mid_call.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/dtmf_info.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::session {

namespace {

void on_info(SessionId session, const std::vector<std::string>& packages, TransactionId id, const Message& info, Actions& out) {
  const auto field = info.find("Info-Package");
  InfoReceived received{session, {}, body_of(info), std::nullopt};
  if (field) {
    base::TextCursor value(*field);
    received.package = std::string(base::trim(value.take_until(';')));
    // Refuse a package that our Recv-Info does not list: RFC 6086 section 4.2.2.
    if (!accepts_package(packages, received.package)) return out.push_back(Respond{id, 469, {}, {}, {{"Recv-Info", recv_info(packages)}}});
  } else if (!info.body().empty()) {
    received.digit = parse_dtmf_info(info.content_type(), info.body());
    const bool of_keys = info.content_type() == "application/dtmf-relay" || info.content_type() == "application/dtmf";
    if (of_keys && !received.digit) return out.push_back(Respond{id, 400, {}, {}});
  }
  out.push_back(Respond{id, 200, {}, {}});
  out.push_back(Emit{std::move(received)});
}

void on_text(SessionId session, TransactionId id, const Message& text, Actions& out) {
  const auto encoding = text.find(HeaderName::ContentEncoding);
  if (encoding && !base::iequals(base::trim(*encoding), "identity")) {
    return out.push_back(Respond{id, 415, {{"Accept-Encoding", "identity"}}, {}});
  }
  out.push_back(Respond{id, 200, {}, {}});
  out.push_back(Emit{TextReceived{session, body_of(text)}});
}

}  // namespace

bool accepts_package(const std::vector<std::string>& packages, std::string_view package) {
  const auto end = packages.begin() + static_cast<std::ptrdiff_t>(std::min(packages.size(), kMaxInfoPackages));
  return std::any_of(packages.begin(), end, [&](const std::string& one) { return base::iequals(one, package); });
}

std::string recv_info(const std::vector<std::string>& packages) {
  std::string value;
  for (std::size_t i = 0; i < std::min(packages.size(), kMaxInfoPackages); ++i) value += (i == 0 ? "" : ", ") + packages[i];
  return value;
}

bool take_mid_call(const ConfirmedCall::Setup& setup, TransactionId id, const Message& request, Actions& out) {
  if (request.method() == Method::Info) {
    on_info(setup.id, setup.info_packages, id, request, out);
    return true;
  }
  if (request.method() == Method::Message) {
    on_text(setup.id, id, request, out);
    return true;
  }
  if (request.method() == Method::Options) {
    out.push_back(Respond{
        id, 200, {}, {}, {{"Accept", "application/sdp"}, {"Supported", supported_by(setup)}}});
    return true;
  }
  return false;
}

}  // namespace offhook::inline v0::sip::session
