#include <offhook/agent/providers/followed_language.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

/// Recognisers say "no" of both ways to write Norwegian.
std::string_view primary_of(std::string_view bcp47) {
  const std::string_view primary = bcp47.substr(0, bcp47.find_first_of("-_"));
  return base::iequals(primary, "nb") || base::iequals(primary, "nn") ? "no" : primary;
}

}  // namespace

std::string FollowedLanguage::now() const {
  if (heard && !heard->empty()) return *heard;
  return candidates.empty() ? std::string() : candidates.front();
}

void FollowedLanguage::note(std::string_view bcp47) const {
  const auto is_it = [&](const std::string& each) { return base::iequals(primary_of(each), primary_of(bcp47)); };
  const auto found = std::find_if(candidates.begin(), candidates.end(), is_it);
  if (heard && found != candidates.end()) *heard = *found;
}

}  // namespace offhook::inline v0::agent
