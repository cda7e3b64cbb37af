#include <offhook/sdp/dtls.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sdp/limits.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::string_view kFingerprint = "fingerprint", kSetup = "setup", kTlsId = "tls-id";
constexpr std::array kSetups{Setup::Active, Setup::Passive, Setup::ActPass, Setup::HoldConn};
constexpr std::size_t kMinTlsIdBytes = 20, kMaxTlsIdBytes = 255;

std::vector<FingerprintLine> fingerprints_in(const std::vector<Attribute>& attributes) {
  std::vector<FingerprintLine> found;
  for (const Attribute& attribute : attributes) {
    if (attribute.name != kFingerprint || !attribute.value || found.size() == kMaxFingerprints) continue;
    if (auto line = parse_fingerprint_line(*attribute.value)) found.push_back(std::move(*line));
  }
  return found;
}

/// Returns true if each fingerprint of `part` is in `whole`.
bool is_part_of(const std::vector<FingerprintLine>& part, const std::vector<FingerprintLine>& whole) {
  return std::all_of(part.begin(), part.end(), [&whole](const auto& line) { return std::find(whole.begin(), whole.end(), line) != whole.end(); });
}

}  // namespace

std::string_view to_string(Setup setup) {
  switch (setup) {
    case Setup::Active: return "active";
    case Setup::Passive: return "passive";
    case Setup::ActPass: return "actpass";
    case Setup::HoldConn: return "holdconn";
  }
  return "active";
}

std::optional<Setup> parse_setup(std::string_view value) {
  const auto* const found = std::find_if(kSetups.begin(), kSetups.end(), [value](Setup setup) { return base::iequals(to_string(setup), value); });
  return found == kSetups.end() ? std::nullopt : std::optional(*found);
}

std::string_view to_string(SetupError error) {
  switch (error) {
    case SetupError::Unknown: return "a=setup has an unknown value";
    case SetupError::HoldConn: return "a=setup:holdconn is forbidden with DTLS";
    case SetupError::ActPassInAnswer: return "a=setup:actpass is forbidden in an answer";
    case SetupError::BothActive: return "both sides have a=setup:active";
    case SetupError::BothPassive: return "both sides have a=setup:passive";
  }
  return "unknown";
}

base::Result<Setup, SetupError> answer_setup(std::optional<Setup> offered, Setup preferred, std::optional<Setup> present) {
  switch (offered.value_or(Setup::Active)) {
    case Setup::Active: return Setup::Passive;
    case Setup::Passive: return Setup::Active;
    case Setup::ActPass: return present.value_or(preferred);
    case Setup::HoldConn: break;
  }
  return base::fail(SetupError::HoldConn);
}

base::Result<Setup, SetupError> offerer_setup(Setup offered, std::optional<Setup> answered) {
  const Setup answer = answered.value_or(Setup::Passive);
  if (offered == Setup::HoldConn || answer == Setup::HoldConn) return base::fail(SetupError::HoldConn);
  if (answer == Setup::ActPass) return base::fail(SetupError::ActPassInAnswer);
  if (offered == answer) return base::fail(answer == Setup::Active ? SetupError::BothActive : SetupError::BothPassive);
  return answer == Setup::Active ? Setup::Passive : Setup::Active;
}

bool is_dtls_protocol(std::string_view protocol) { return base::iequals(protocol, "UDP/TLS/RTP/SAVP") || base::iequals(protocol, "UDP/TLS/RTP/SAVPF"); }

bool is_tls_id(std::string_view text) {
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_'; };
  return text.size() >= kMinTlsIdBytes && text.size() <= kMaxTlsIdBytes && std::all_of(text.begin(), text.end(), fits);
}

std::string make_tls_id(base::Random& random) { return random.token(); }

base::Result<DtlsAttributes, SetupError> read_dtls(const Session& session, const Media& stream) {
  DtlsAttributes read;
  const bool has_own = stream.attribute(kFingerprint).has_value();
  read.fingerprints = fingerprints_in(has_own ? stream.attributes : session.attributes);
  if (const auto value = session.attribute_of(stream, kSetup)) {
    read.setup = parse_setup(*value);
    if (!read.setup) return base::fail(SetupError::Unknown);
  }
  const auto tls_id = stream.attribute(kTlsId);
  if (tls_id && is_tls_id(*tls_id)) read.tls_id = *tls_id;
  return read;
}

void write_dtls(const DtlsAttributes& ours, Media& stream) {
  for (const FingerprintLine& line : ours.fingerprints) stream.attributes.push_back({std::string(kFingerprint), write_fingerprint_line(line)});
  if (ours.setup) stream.attributes.push_back({std::string(kSetup), std::string(to_string(*ours.setup))});
  if (!ours.tls_id.empty()) stream.attributes.push_back({std::string(kTlsId), ours.tls_id});
}

bool has_strong_fingerprint(const DtlsAttributes& attributes) {
  constexpr std::array<std::string_view, 3> kStrong{"sha-256", "sha-384", "sha-512"};
  const auto is_strong = [&](const FingerprintLine& line) { return std::find(kStrong.begin(), kStrong.end(), line.hash) != kStrong.end(); };
  return std::any_of(attributes.fingerprints.begin(), attributes.fingerprints.end(), is_strong);
}

bool asks_for_new_association(const DtlsAttributes& former, const DtlsAttributes& later) {
  return former.tls_id != later.tls_id || !is_part_of(former.fingerprints, later.fingerprints) || !is_part_of(later.fingerprints, former.fingerprints);
}

}  // namespace offhook::inline v0::sdp
