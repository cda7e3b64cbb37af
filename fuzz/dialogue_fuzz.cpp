// The input is a dialogue file. Checks that an accepted file is within its bounds, refers only to names that exist, and can be compiled to
// language models.
#include "require.hpp"

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/language_model.hpp>

#include <cstdint>
#include <string_view>

namespace embedded = offhook::agent::embedded;
using offhook::fuzz::require;

namespace {

void require_phrases(const embedded::Phrases& phrases) {
  require(!phrases.empty() && phrases.size() <= embedded::kMaxPhrases);
  for (const auto& phrase : phrases) require(!phrase.empty() && phrase.size() <= embedded::kMaxPhraseBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto dialogue = embedded::parse_dialogue({reinterpret_cast<const char*>(data), size});
  if (!dialogue) {
    require(!dialogue.error().detail.empty());
    return 0;
  }
  require(!dialogue->intents.empty() && dialogue->intents.size() <= embedded::kMaxIntents);
  require(dialogue->slots.size() <= embedded::kMaxSlots && dialogue->pronunciations.size() <= embedded::kMaxPronunciations);
  for (const auto* phrases : {&dialogue->greeting, &dialogue->goodbye, &dialogue->fallback.again, &dialogue->fallback.menu, &dialogue->fallback.last})
    require_phrases(*phrases);
  for (const auto& intent : dialogue->intents) {
    require_phrases(intent.examples);
    for (const auto& slot : intent.slots) require(dialogue->find_slot(slot) != nullptr && dialogue->find_form(slot) != nullptr);
  }
  constexpr std::size_t kSmall = 16384;  // A larger file takes long to compile, and reaches no further code.
  if (size > kSmall) return 0;
  for (const auto& model : embedded::make_language_models(*dialogue)) require(!model.arpa.empty());
  return 0;
}
