#include <offhook/agent/conversation/command_outbox.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

using CommandKind = media::PlayoutCommand::Kind;

bool is_digit(const media::PlayoutCommand& command) { return command.kind == CommandKind::Digits; }

}  // namespace

void CommandOutbox::push(const media::PlayoutCommand& command, media::AudioPort& port) {
  retry(port);
  if (waiting_.empty() && port.commands.try_push(command)) return;
  if (is_digit(command)) {
    if (static_cast<std::size_t>(std::count_if(waiting_.begin(), waiting_.end(), is_digit)) == kMaxDigits) {
      ++digits_dropped_;
      return;
    }
  } else {
    // Utterance numbers increase, so a later Flush includes an earlier Flush. A Flush also ends the ducking, as a Rise does. Only the last of
    // several commands of the same kind counts.
    std::erase_if(waiting_, [&](const media::PlayoutCommand& before) {
      return !is_digit(before) && (command.kind == CommandKind::Flush || before.kind == command.kind);
    });
  }
  waiting_.push_back(command);
}

void CommandOutbox::retry(media::AudioPort& port) {
  while (!waiting_.empty() && port.commands.try_push(waiting_.front())) waiting_.pop_front();
}

}  // namespace offhook::inline v0::agent
