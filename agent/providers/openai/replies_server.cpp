#include <offhook/agent/providers/openai/replies.hpp>
#include <offhook/agent/providers/openai/realtime_writer.hpp>

#include <algorithm>

// The messages of the server about its responses.
namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;

/// Returns true if `response_id` is the id of the present response, or if one of these two ids is missing, because compatible servers omit ids.
bool Replies::is_current(std::string_view response_id) const {
  if (response_.phase == Response::Phase::None) return false;
  return response_id.empty() || response_.id.empty() || response_.id == response_id;
}

void Replies::on_response_created(const ResponseCreated& event, TimePoint) {
  if (response_.phase == Response::Phase::Requested) {
    response_.phase = Response::Phase::Running;
    response_.id = event.response_id;
    return;
  }
  if (response_.phase == Response::Phase::Running && response_.id == event.response_id) return;
  ++counters_.unasked_responses;
  wire_.send([&event](std::string& out) { write_cancel(out, {}, event.response_id); });
}

// --- items -------------------------------------------------------------------------------------------------------------------

/// Returns the item to which a delta belongs; null if the delta has to be dropped.
ReplyItem* Replies::item_for(std::string_view response_id, std::string_view item_id) {
  if (ReplyItem* const known = items_.find(item_id, wire_.socket)) {
    if (known->wanted && !known->ended) return known;
    ++counters_.late_deltas;
    return nullptr;
  }
  if (!is_current(response_id)) {
    ++counters_.late_deltas;
    return nullptr;
  }
  if (!response_.wanted) {
    ++counters_.late_deltas;
    note_unwanted(item_id);
    return nullptr;
  }
  if (reply_.items == kMaxReplyItems) {
    ++counters_.items_dropped;
    return nullptr;
  }
  ++reply_.items;
  return &items_.add(item_id, response_.turn, wire_.socket);
}

/// Notes a new item of a cancelled reply, so that delete_unheard() deletes it when the response is over.
void Replies::note_unwanted(std::string_view item_id) {
  if (items_.find(item_id, wire_.socket) == nullptr) items_.add(item_id, response_.turn, wire_.socket).wanted = false;
}

void Replies::begin_item(ReplyItem& item) {
  if (item.began) return;
  item.began = true;
  reply_.ledger.begin_sound();
  events_.push_back(ItemBegan{item.turn, item.number});
}

void Replies::end_item(ReplyItem& item, bool whole) {
  if (item.ended || !item.wanted) return;
  item.ended = true;
  if (item.began) {
    events_.push_back(ItemEnded{item.turn, item.number, whole});
  } else if (!item.written.empty()) {
    reply_.ledger.add_written(item.written);
    events_.push_back(ReplyWritten{item.turn, std::move(item.written)});
  }
  if (item.octets == 0) item.settled = true;  // It has no audio to cut.
}

void Replies::on_audio(const AudioDelta& event, std::vector<std::uint8_t>& octets) {
  ReplyItem* const item = item_for(event.response_id, event.item_id);
  if (item == nullptr || octets.empty()) return;
  if (!reply_.ledger.add_audio(octets.size(), options_.format)) {
    counters_.audio_dropped += octets.size();
    return;
  }
  begin_item(*item);
  item->octets += octets.size();
  events_.push_back(ItemAudio{item->turn, item->number, std::move(octets)});
  octets.clear();
}

std::string_view Replies::bounded_words(std::string_view text) {
  const std::string_view taken = reply_.ledger.add_words(text);
  counters_.text_dropped += text.size() - taken.size();
  return taken;
}

void Replies::on_words(std::string_view response_id, std::string_view item_id, std::string_view text) {
  ReplyItem* const item = item_for(response_id, item_id);
  if (item == nullptr) return;
  const std::string_view taken = bounded_words(text);
  if (taken.empty()) return;
  item->text_octets += taken.size();
  events_.push_back(ItemText{item->turn, item->number, std::string(taken)});
}

/// Takes the complete transcript of an item. Some servers send no pieces of it.
void Replies::on_all_words(const TranscriptDone& event) {
  const ReplyItem* const known = items_.find(event.item_id, wire_.socket);
  if (known == nullptr || (known->wanted && !known->ended && known->text_octets == 0)) on_words(event.response_id, event.item_id, event.text);
}

void Replies::on_written(const TextDelta& event) {
  ReplyItem* const item = item_for(event.response_id, event.item_id);
  if (item != nullptr) item->written += bounded_words(event.text);
}

void Replies::on_item_done(const OutputItemDone& event) {
  if (ReplyItem* const item = items_.find(event.item_id, wire_.socket)) return end_item(*item, event.completed);
  if (!is_current(event.response_id)) return;
  if (!response_.wanted) return note_unwanted(event.item_id);
  if (!event.call) return;
  if (response_.calls.size() == kMaxCalls) {
    ++counters_.calls_dropped;
    return;
  }
  const FunctionCall& call = *event.call;
  response_.calls.push_back({std::string(call.item_id), std::string(call.call_id), std::string(call.name), std::string(call.arguments)});
}

// --- the end of a response ---------------------------------------------------------------------------------------------------

std::vector<Replies::OwnedCall> Replies::calls_of(const ResponseDone& event) {
  counters_.calls_dropped += event.calls_dropped;
  if (event.calls.empty()) return std::move(response_.calls);
  std::vector<OwnedCall> calls;
  for (const FunctionCall& call : event.calls)
    calls.push_back({std::string(call.item_id), std::string(call.call_id), std::string(call.name), std::string(call.arguments)});
  return calls;
}

void Replies::on_response_done(const ResponseDone& event, TimePoint now) {
  counters_.usage.input_tokens += event.usage.input_tokens;
  counters_.usage.input_audio_tokens += event.usage.input_audio_tokens;
  counters_.usage.cached_tokens += event.usage.cached_tokens;
  counters_.usage.output_tokens += event.usage.output_tokens;
  counters_.usage.output_audio_tokens += event.usage.output_audio_tokens;
  if (!is_current(event.response_id)) {
    reply_.not_before.reset();  // This may be the response for whose end the present reply waits.
    return advance(now);
  }
  std::vector<OwnedCall> calls = calls_of(event);
  if (!response_.wanted) {
    delete_unheard(calls);
    response_ = {};
    return advance(now);
  }
  for (ReplyItem& item : items_.all()) {
    if (item.turn == response_.turn) end_item(item, event.status == ResponseDone::Status::Completed);
  }
  response_ = {};
  using Status = ResponseDone::Status;
  const auto empty = [](std::string_view why) { return Fault{FailureKind::Empty, "the realtime server's reply " + std::string(why)}; };
  switch (event.status) {
    case Status::Completed:
    case Status::Unknown: finish_completed(std::move(calls)); break;
    case Status::Cancelled: reply_.ledger.has_content() ? end_reply() : fail(empty("was cancelled there before it began")); break;
    case Status::Incomplete: reply_.ledger.has_content() ? end_reply() : fail(empty("was stopped there before it began")); break;
    case Status::Failed: {
      Fault fault = fault_of(event.error);
      if (fault.kind == FailureKind::RateLimited && limit_wait_s_ > 0)
        fault.retry_after = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(std::min(limit_wait_s_, 120.0)));
      fail(fault);
      break;
    }
  }
  advance(now);
}

void Replies::finish_completed(std::vector<OwnedCall> calls) {
  const auto is_useless = [this](const OwnedCall& call) { return call.call_id.empty() || call.name.empty() || is_open_call(call.call_id); };
  counters_.calls_dropped += std::erase_if(calls, is_useless);
  if (calls.empty()) {
    if (reply_.ledger.has_content() || reply_.follow_up) return end_reply();  // After a function call, the model may have nothing to add.
    return fail({FailureKind::Empty, "the realtime server's reply is empty"});
  }
  reply_.phase = Reply::Phase::Tools;
  for (OwnedCall& call : calls) {
    if (calls_.size() == kMaxOpenCalls) {
      calls_.erase(calls_.begin());
      ++counters_.calls_dropped;
    }
    calls_.push_back({call.call_id, call.name, call.arguments, reply_.input.turn});
    events_.push_back(CallAsked{reply_.input.turn, std::move(call.call_id), std::move(call.name), std::move(call.arguments)});
  }
}

/// Deletes the items without audio and the function calls of a cancelled response from the model's memory: the caller has not heard
/// these items, and Offhook has not carried out these calls.
void Replies::delete_unheard(const std::vector<OwnedCall>& calls) {
  for (const OwnedCall& call : calls) delete_item(call.item_id);
  for (ReplyItem& item : items_.all()) {
    if (item.wanted || item.settled || item.octets != 0 || item.socket != wire_.socket) continue;
    item.settled = true;
    const auto is_it = [&item](const OwnedCall& call) { return call.item_id == item.id; };
    if (std::none_of(calls.begin(), calls.end(), is_it)) delete_item(item.id);
  }
}

void Replies::end_reply() {
  events_.push_back(ReplyEnded{reply_.input.turn});
  reply_ = {};
  replied_ = true;
}

void Replies::fail(const Fault& fault) {
  for (ReplyItem& item : items_.all()) {
    if (item.turn == reply_.input.turn) end_item(item, false);
  }
  reply_.phase = Reply::Phase::Broken;
  reply_.fault = fault;
  events_.push_back(ReplyBroken{reply_.input.turn, fault});
}

bool Replies::on_error(const ErrorInfo& error, TimePoint now) {
  if (response_.phase != Response::Phase::Requested) return false;
  const bool busy = error.code == "conversation_already_has_active_response";
  if (error.event_id.empty() ? !busy : error.event_id != response_.event_id) return false;
  const bool wanted = response_.wanted;
  response_ = {};
  if (!wanted) {
    advance(now);
  } else if (!busy) {
    fail(fault_of(error));
  } else if (++reply_.busy > kMaxBusy) {
    fail({FailureKind::Overloaded, "the realtime server does not end a response that it began itself"});
  } else {
    reply_.phase = Reply::Phase::Waiting;
    reply_.not_before = now + kBusyPause;
  }
  return true;
}

}  // namespace offhook::inline v0::agent::openai::realtime
