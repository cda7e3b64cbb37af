#include <offhook/sdp/srtp.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sdp/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::sdp {

namespace {
constexpr std::string_view kCrypto = "crypto";
}  // namespace

const SrtpKey* SrtpCapability::key_for(std::string_view suite) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [suite](const SrtpKey& key) { return base::iequals(key.suite, suite); });
  return found == keys.end() ? nullptr : &*found;
}

bool is_secure_protocol(std::string_view protocol) { return base::iequals(protocol, "RTP/SAVP") || base::iequals(protocol, "RTP/SAVPF"); }

std::optional<CryptoLine> find_crypto_line(const Media& stream, const SrtpCapability& ours) {
  if (ours.policy == SrtpPolicy::Off) return std::nullopt;
  std::size_t lines = 0;
  for (const Attribute& attribute : stream.attributes) {
    if (attribute.name != kCrypto || !attribute.value) continue;
    if (++lines > kMaxCryptoLines) return std::nullopt;
    auto line = parse_crypto_line(*attribute.value);
    const SrtpKey* const key = line ? ours.key_for(line->suite) : nullptr;
    if (key != nullptr && key->secret.size() == line->secret.size() && key->secret != line->secret) return std::move(*line);
  }
  return std::nullopt;
}

void write_offered_keys(const SrtpCapability& ours, Media& stream) {
  if (ours.policy == SrtpPolicy::Off) return;
  std::uint32_t tag = 0;
  for (const SrtpKey& key : ours.keys) stream.attributes.push_back({std::string(kCrypto), write_crypto_line({++tag, key.suite, key.secret, {}})});
}

bool has_keys_of_peer(const Media& stream, const SrtpCapability& ours) {
  Media own;
  write_offered_keys(ours, own);
  return std::any_of(stream.attributes.begin(), stream.attributes.end(), [&own](const Attribute& attribute) {
    return attribute.name == kCrypto && std::find(own.attributes.begin(), own.attributes.end(), attribute) == own.attributes.end();
  });
}

}  // namespace offhook::inline v0::sdp
