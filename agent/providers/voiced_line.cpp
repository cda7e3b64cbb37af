#include <offhook/agent/providers/voiced_line.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace offhook::inline v0::agent {

VoicedLine::Item* VoicedLine::find(std::uint32_t number) {
  const auto found = std::find_if(items_.begin(), items_.end(), [number](const Item& each) { return each.number == number; });
  return found == items_.end() ? nullptr : &*found;
}

VoicedLine::Item& VoicedLine::item(std::uint32_t turn, std::uint32_t number) {
  if (Item* const known = find(number)) return *known;
  if (items_.size() == kMostItems) items_.pop_front();
  items_.push_back({number, turn, 0, false, false, false, AudioDecoder(format_), VoicedWords(rate_hz(format_)), {}});
  return items_.back();
}

void VoicedLine::on_began(const ItemBegan& event) { item(event.turn, event.item).began = true; }

void VoicedLine::on_audio(const ItemAudio& event) {
  Item* const found = find(event.item);
  if (found == nullptr || found->muted) return;
  const std::size_t before = found->pcm.size();
  found->decoder.decode(event.octets, found->pcm);
  found->words.add_samples(found->pcm.size() - before);
}

void VoicedLine::on_text(const ItemText& event) {
  Item& found = item(event.turn, event.item);  // The words may come before the first audio, and then make the item.
  if (!found.muted) found.words.add_text(event.text);
}

void VoicedLine::on_ended(const ItemEnded& event) {
  if (Item* const found = find(event.item)) {
    found->ended = true;
    found->words.finish(event.whole);
  }
}

void VoicedLine::speak(std::uint32_t utterance, std::string_view text) {
  if (!text.empty()) {
    line_.push_back({utterance, 0, own_words_ == nullptr});
    if (own_words_) own_words_->speak(utterance, text);
    return;
  }
  const auto next = std::find_if(items_.begin(), items_.end(), [](const Item& each) { return each.began && each.utterance == 0 && !each.muted; });
  if (next != items_.end()) next->utterance = utterance;
  line_.push_back({utterance, next != items_.end() ? next->number : 0, next == items_.end()});
}

void VoicedLine::cancel() {
  for (const Place& place : line_) {
    Item* const found = find(place.item);
    if (found == nullptr) continue;
    found->muted = true;
    found->pcm = {};
  }
  line_.clear();
  if (own_words_) own_words_->cancel();
}

std::vector<std::uint32_t> VoicedLine::take_unspoken(std::uint32_t turn) {
  std::vector<std::uint32_t> unspoken;
  std::erase_if(items_, [&](const Item& each) {
    if (each.turn != turn || each.utterance != 0) return false;
    unspoken.push_back(each.number);
    return true;
  });
  return unspoken;
}

/// Returns how much of `item` the caller heard, in ms. `characters` is the number of characters of the heard text that belong to this item or later
/// ones; the function subtracts the characters of `item`.
std::uint64_t VoicedLine::heard_ms(const Item& item, const HeardReply& heard, std::uint64_t& characters) const {
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  if (item.utterance == 0) return 0;
  if (heard.utterance != 0 && item.utterance != heard.utterance) return item.utterance < heard.utterance ? kAll : 0;
  if (heard.utterance != 0)
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::chrono::floor<std::chrono::milliseconds>(heard.of_utterance).count()));
  // The next turn came too soon, so the report has no length. Estimate the position from the heard text.
  if (characters == 0) return 0;
  const std::uint64_t of_item = std::min(characters, item.words.characters());
  characters -= of_item;
  return item.words.samples_of(of_item) * 1000 / rate_hz(format_);
}

std::vector<VoicedLine::Cut> VoicedLine::on_heard(const HeardReply& heard) {
  std::vector<Cut> cuts;
  std::uint64_t characters = count_utf8(heard.text);
  for (const Item& each : items_) {
    if (each.turn == heard.turn && heard.interrupted) cuts.push_back({each.number, heard_ms(each, heard, characters)});
  }
  std::erase_if(items_, [&](const Item& each) {
    const auto is_it = [&each](const Place& place) { return place.item == each.number; };
    return each.turn == heard.turn && std::none_of(line_.begin(), line_.end(), is_it);
  });
  return cuts;
}

std::string VoicedLine::said(std::uint32_t turn) const {
  std::string text;
  for (const Item& each : items_) {
    if (each.turn != turn || !each.began) continue;
    const std::string of_item = each.words.said();
    if (!text.empty() && !of_item.empty()) text += ' ';
    text += of_item;
  }
  return text;
}

bool VoicedLine::waits_for_model() const { return !line_.empty() && line_.front().item != 0; }

bool VoicedLine::drain_voiced(const Place& place, std::deque<SessionEvent>& out) {
  Item* const found = find(place.item);
  if (found == nullptr) {  // The item was removed, because there were more than kMostItems.
    out.push_back(SpeechDone{place.utterance});
    return true;
  }
  auto words = found->words.take();
  if (!found->pcm.empty() || !words.empty())
    out.push_back(SpeechAudio{place.utterance, std::exchange(found->pcm, {}), std::move(words), rate_hz(format_)});
  if (!found->ended) return false;
  out.push_back(SpeechDone{place.utterance});
  return true;
}

bool VoicedLine::drain_own(const Place& place, std::deque<SessionEvent>& out) {
  if (place.failed) {
    out.push_back(SpeakFailed{place.utterance, "no voice is available for Offhook's own sentences", FailureKind::Local});
    return true;
  }
  while (auto event = own_words_->poll()) {
    const bool over = !std::holds_alternative<SpeechAudio>(*event);
    const std::uint32_t utterance = std::visit([](const auto& each) { return each.utterance; }, *event);
    if (utterance != place.utterance) continue;  // The utterance was cancelled, and the speaker does not know it yet.
    if (auto* audio = std::get_if<SpeechAudio>(&*event); audio != nullptr && audio->rate_hz == 0) audio->rate_hz = own_words_->rate_hz();
    std::visit([&out](auto& each) { out.push_back(std::move(each)); }, *event);
    if (over) return true;
  }
  return false;
}

void VoicedLine::report_retries(std::deque<SessionEvent>& out) {
  if (!own_words_) return;
  for (Retry& retry : own_words_->take_retries()) out.push_back(ServiceRetried{Stage::Speak, "the agent's own sentences", std::move(retry)});
}

void VoicedLine::drain(std::deque<SessionEvent>& out) {
  while (!line_.empty()) {
    const Place place = line_.front();
    if (!(place.item != 0 ? drain_voiced(place, out) : drain_own(place, out))) return;
    line_.pop_front();
  }
}

}  // namespace offhook::inline v0::agent
