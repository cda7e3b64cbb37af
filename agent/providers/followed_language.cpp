#include <offhook/agent/providers/followed_language.hpp>

#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

/// Returns the language tag that recognisers report: "no" for both written forms of Norwegian, otherwise `bcp47`.
std::string_view as_heard(std::string_view bcp47) { return is_same_language(bcp47, "nb") || is_same_language(bcp47, "nn") ? "no" : bcp47; }

}  // namespace

std::string FollowedLanguage::now() const {
  if (heard && !heard->empty()) return *heard;
  return candidates.empty() ? std::string() : candidates.front();
}

void FollowedLanguage::note(std::string_view bcp47) const {
  const auto is_it = [&](const std::string& each) { return is_same_language(as_heard(each), as_heard(bcp47)); };
  const auto found = std::find_if(candidates.begin(), candidates.end(), is_it);
  if (heard && found != candidates.end()) *heard = *found;
}

}  // namespace offhook::inline v0::agent
