#include <offhook/rtp/ice/detail/binding.hpp>

#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>

#include <array>
#include <string>

namespace offhook::inline v0::rtp {
namespace {

/// The largest message is a check with a USERNAME of two fragments of 256 characters.
constexpr std::size_t kMaxMessage = 700;

template <class Add>
IceOctets message_of(StunClass kind, const StunId& id, Add add) {
  std::array<std::uint8_t, kMaxMessage> room{};
  StunWriter writer(room, StunMethod::Binding, kind, id);
  add(writer);
  writer.add_fingerprint();
  const auto size = writer.finish();
  if (!size) return {};
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*size)};
}

std::optional<IceClaim> claim_of(const StunMessage& request) {
  if (const auto tie_breaker = request.long_number(StunAttribute::IceControlling)) return IceClaim{true, *tie_breaker};
  if (const auto tie_breaker = request.long_number(StunAttribute::IceControlled)) return IceClaim{false, *tie_breaker};
  return std::nullopt;
}

}  // namespace

std::optional<IceUsername> username_of(const StunMessage& request) {
  const auto text = request.text(StunAttribute::Username);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return IceUsername{text.substr(0, colon), text.substr(colon + 1)};
}

base::Result<IceRequest, IceRefusal> verify_request(const StunMessage& request, const IceCredentials& ours) {
  if (!request.has_integrity() || !request.has(StunAttribute::Username)) return base::fail(IceRefusal{400, false});
  const auto username = username_of(request);
  if (!username || username->receiver != ours.ufrag || !request.is_signed_with(ours.key())) return base::fail(IceRefusal{401, false});
  auto unknown = request.unknown();
  if (!unknown.empty()) return base::fail(IceRefusal{420, true, std::move(unknown)});
  const auto priority = request.number(StunAttribute::Priority);
  if (!priority || *priority == 0 || *priority > kMaxIcePriority) return base::fail(IceRefusal{400});
  return IceRequest{*priority, request.has(StunAttribute::UseCandidate), claim_of(request)};
}

IceOctets write_check(const IceCheck& check, const IceCredentials& ours, const IceCredentials& theirs) {
  return message_of(StunClass::Request, check.id, [&](StunWriter& writer) {
    writer.add(StunAttribute::Username, std::string_view(theirs.ufrag + ":" + ours.ufrag));
    writer.add_number(StunAttribute::Priority, check.priority);
    writer.add_long_number(check.claim.controlling ? StunAttribute::IceControlling : StunAttribute::IceControlled, check.claim.tie_breaker);
    if (check.use_candidate) writer.add_flag(StunAttribute::UseCandidate);
    writer.sign(theirs.key());
  });
}

IceOctets write_success(const StunId& id, const base::SocketAddress& from, const IceCredentials& ours) {
  return message_of(StunClass::Success, id, [&](StunWriter& writer) {
    writer.add_address(StunAttribute::XorMappedAddress, from);
    writer.sign(ours.key());
  });
}

IceOctets write_refusal(const StunId& id, const IceRefusal& refusal, const IceCredentials* ours) {
  return message_of(StunClass::Error, id, [&](StunWriter& writer) {
    writer.add_error(refusal.code, "");  // The reason phrase is empty, so that no answer is much larger than its request.
    IceOctets types;
    for (const std::uint16_t type : refusal.unknown) {
      types.push_back(static_cast<std::uint8_t>(type >> 8));
      types.push_back(static_cast<std::uint8_t>(type));
    }
    if (!types.empty()) writer.add(StunAttribute::UnknownAttributes, types);
    if (refusal.is_signed && ours != nullptr) writer.sign(ours->key());
  });
}

IceOctets write_keepalive(const StunId& id) {
  return message_of(StunClass::Indication, id, [](StunWriter&) {});
}

}  // namespace offhook::inline v0::rtp
