#include <offhook/agent/setup/provider_questions.hpp>

namespace offhook::inline v0::agent::setup {

const std::vector<AskedQuestion>& provider_questions() {
  static const auto all = [] {
    std::vector<AskedQuestion> questions;
    for (const Provider* kind : provider_kinds()) {
      for (const ProviderQuestion& question : kind->setup.questions) questions.push_back({question, kind});
    }
    return questions;
  }();
  return all;
}

const std::vector<std::string_view>& provider_choices() {
  static const auto names = kinds_where([](const Provider&) { return true; });
  return names;
}

const std::vector<std::string_view>& thinkers() {
  static const auto names = kinds_where([](const Provider& kind) { return kind.setup.thinks_beside; });
  return names;
}

const std::vector<std::string_view>& speakers() {
  static const auto names = kinds_where([](const Provider& kind) { return kind.setup.speaks_beside; });
  return names;
}

}  // namespace offhook::inline v0::agent::setup
