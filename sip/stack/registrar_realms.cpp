#include <offhook/sip/stack/registrar_realms.hpp>

#include <offhook/sip/auth/challenge.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::sip {

namespace {

template <class Realms>
auto find_realm(Realms& realms, std::string_view name) {
  return std::find_if(realms.begin(), realms.end(), [&](const auto& realm) { return realm.name == name; });
}

}  // namespace

void RegistrarRealms::learn(const Message& response) {
  if (response.status() != 401 && response.status() != 407) return;
  const auto challenges = parse_challenges(response);
  if (!challenges) return;
  for (const Challenge& challenge : *challenges) {
    if (!challenge.algorithm_known) continue;
    auto known = find_realm(realms_, challenge.realm);
    if (known == realms_.end()) {
      if (realms_.size() >= kMaxRealms) realms_.erase(realms_.begin());
      known = realms_.insert(realms_.end(), {challenge.realm, 0, false});
    }
    known->strength = std::max(known->strength, strength(challenge.algorithm));
    known->qop = known->qop || challenge.has_qop;
  }
}

/// Returns the minimum strength of a challenge for this realm.
RegistrarRealms::Realm RegistrarRealms::least(std::string_view realm, bool named) const {
  const auto known = find_realm(realms_, realm);
  if (known != realms_.end()) return *known;
  Realm best;
  if (named) return best;
  for (const Realm& one : realms_) {
    best.strength = std::max(best.strength, one.strength);
    best.qop = best.qop || one.qop;
  }
  return best;
}

bool RegistrarRealms::are_matched_by(const Message& challenge, const std::vector<std::string>& named) const {
  const auto challenges = parse_challenges(challenge);
  if (!challenges) return false;
  return std::all_of(challenges->begin(), challenges->end(), [&](const Challenge& one) {
    const bool is_named = std::find(named.begin(), named.end(), one.realm) != named.end();
    if (!named.empty() && !is_named) return true;  // This challenge will not be answered.
    const Realm floor = least(one.realm, is_named);
    // The client answers the strongest challenge of a realm, so that one must be strong enough.
    return std::any_of(challenges->begin(), challenges->end(), [&](const Challenge& other) {
      return other.proxy == one.proxy && other.realm == one.realm && other.algorithm_known &&
             strength(other.algorithm) >= floor.strength && (other.has_qop || !floor.qop);
    });
  });
}

}  // namespace offhook::inline v0::sip
