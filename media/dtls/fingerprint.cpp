#include <offhook/media/dtls/fingerprint.hpp>

#include <offhook/base/text.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace offhook::inline v0::media {

namespace {

struct HashFacts {
  DtlsHash hash;
  std::string_view name;
  std::size_t octets;
  const EVP_MD* (*function)();
};
constexpr std::array<HashFacts, 4> kHashes{{
    {DtlsHash::Sha1, "sha-1", 20, EVP_sha1},
    {DtlsHash::Sha256, "sha-256", 32, EVP_sha256},
    {DtlsHash::Sha384, "sha-384", 48, EVP_sha384},
    {DtlsHash::Sha512, "sha-512", 64, EVP_sha512},
}};

const HashFacts& facts_of(DtlsHash hash) {
  return *std::find_if(kHashes.begin(), kHashes.end(), [hash](const HashFacts& facts) { return facts.hash == hash; });
}

}  // namespace

std::string_view to_string(DtlsHash hash) { return facts_of(hash).name; }

std::optional<DtlsFingerprint> DtlsFingerprint::make(std::string_view name, base::Bytes octets) {
  const auto* const facts = std::find_if(kHashes.begin(), kHashes.end(), [name](const HashFacts& each) { return base::iequals(each.name, name); });
  if (facts == kHashes.end() || facts->octets != octets.size()) return std::nullopt;
  return DtlsFingerprint{facts->hash, {octets.begin(), octets.end()}};
}

std::optional<DtlsFingerprint> DtlsFingerprint::of(base::Bytes certificate, DtlsHash hash) {
  const HashFacts& facts = facts_of(hash);
  DtlsFingerprint made{hash, std::vector<std::uint8_t>(facts.octets)};
  if (EVP_Digest(certificate.data(), certificate.size(), made.octets.data(), nullptr, facts.function(), nullptr) != 1) return std::nullopt;
  return made;
}

std::vector<DtlsFingerprint> strongest_fingerprints(std::vector<DtlsFingerprint> described, bool accept_sha1) {
  if (!accept_sha1) std::erase_if(described, [](const DtlsFingerprint& each) { return each.hash == DtlsHash::Sha1; });
  const auto weaker = [](const DtlsFingerprint& a, const DtlsFingerprint& b) { return a.hash < b.hash; };
  const auto best = std::max_element(described.begin(), described.end(), weaker);
  if (best == described.end()) return described;
  std::erase_if(described, [hash = best->hash](const DtlsFingerprint& each) { return each.hash != hash; });
  return described;
}

bool is_described(base::Bytes certificate, const std::vector<DtlsFingerprint>& fingerprints) {
  const auto is_its = [certificate](const DtlsFingerprint& each) { return DtlsFingerprint::of(certificate, each.hash) == each; };
  return std::any_of(fingerprints.begin(), fingerprints.end(), is_its);
}

}  // namespace offhook::inline v0::media
