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

bool RegistrarRealms::are_behind(const Message& challenge) const {
  const auto challenges = parse_challenges(challenge);
  if (!challenges) return false;
  const auto is_as_good = [&](const Challenge& one, const Realm& realm) {
    return one.algorithm_known && strength(one.algorithm) >= realm.strength && (one.has_qop || !realm.qop);
  };
  return std::all_of(challenges->begin(), challenges->end(), [&](const Challenge& one) {
    const auto known = find_realm(realms_, one.realm);
    if (known == realms_.end()) return false;
    // Of several for one realm the strongest is answered: that one must be as good as the registrar's own.
    return std::any_of(challenges->begin(), challenges->end(), [&](const Challenge& other) {
      return other.realm == one.realm && is_as_good(other, *known);
    });
  });
}

}  // namespace offhook::inline v0::sip
