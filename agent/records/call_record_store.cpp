#include <offhook/agent/records/call_record_store.hpp>

#include <offhook/agent/support/log.hpp>

#include <unistd.h>

#include <cstdlib>

namespace offhook::inline v0::agent::records {

base::Result<std::unique_ptr<CallRecordStore>, base::Error> CallRecordStore::open(CallRecordOptions options, RecordWriter::OnCommitted on_committed) {
  const std::string& folder = options.writer.journal.folder;
  if (!folder.empty()) {
    if (auto usable = check_folder(posix_file_system(), folder); !usable) {
      if (options.must_write) return base::fail(usable.error());
      log::warning("records.failing", {{"folder", folder}, {"detail", usable.error().detail}});
    }
  }
  return std::unique_ptr<CallRecordStore>(new CallRecordStore(std::move(options), std::move(on_committed)));
}

CallRecordStore::CallRecordStore(CallRecordOptions options, RecordWriter::OnCommitted on_committed) : keep_(options.keep) {
  if (options.writer.journal.folder.empty()) return;
  writer_ = std::make_unique<RecordWriter>(posix_file_system(), std::move(options.writer), std::move(on_committed));
}

std::shared_ptr<CallNotes> CallRecordStore::notes(CallRecord begun) const {
  return std::make_shared<CallNotes>(std::move(begun), keep_, Moment::now());
}

void CallRecordStore::announce(const CallNotes& notes) {
  if (writer_) (void)writer_->began(notes.snapshot());  // The writer counts and logs a refusal; the call continues.
}

void CallRecordStore::finish(CallNotes& notes) {
  auto record = notes.take();
  if (record && writer_) (void)writer_->ended(std::move(*record));
}

void CallRecordStore::turned_away(CallRecord begun, const call::Ended& how) {
  if (!writer_) return;
  CallNotes notes(std::move(begun), keep_, Moment::now());
  notes.on_ended(how, std::nullopt, Moment::now());
  finish(notes);
}

std::string_view CallRecordStore::state() const {
  return writer_ ? to_string(writer_->state()) : "off";
}
bool CallRecordStore::is_losing() const {
  return writer_ && writer_->state() == RecordWriter::State::Losing;
}

std::string default_folder(const std::function<std::string(const char* variable)>& environment, bool is_root) {
  if (const std::string state = environment("STATE_DIRECTORY"); !state.empty())
    return state.substr(0, state.find(':')) + "/calls";
  if (is_root) return "/var/lib/offhook/calls";
  if (const std::string state = environment("XDG_STATE_HOME"); state.starts_with('/')) return state + "/offhook/calls";
  if (const std::string home = environment("HOME"); !home.empty()) return home + "/.local/state/offhook/calls";
  return {};
}

std::string default_folder() {
  return default_folder(
      [](const char* variable) {
        const char* value = std::getenv(variable);
        return std::string(value == nullptr ? "" : value);
      },
      ::geteuid() == 0);
}

}  // namespace offhook::inline v0::agent::records
