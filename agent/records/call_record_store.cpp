#include <offhook/agent/records/call_record_store.hpp>

#include <offhook/agent/store/folder.hpp>

namespace offhook::inline v0::agent::records {

base::Result<std::unique_ptr<CallRecordStore>, base::Error> CallRecordStore::open(CallRecordOptions options, RecordWriter::OnCommitted on_committed) {
  if (const std::string& folder = options.writer.journal.folder; !folder.empty()) {
    if (auto usable = store::check_folder_at_start(folder, "records", options.must_write); !usable) return base::fail(usable.error());
  }
  return std::unique_ptr<CallRecordStore>(new CallRecordStore(std::move(options), std::move(on_committed)));
}

CallRecordStore::CallRecordStore(CallRecordOptions options, RecordWriter::OnCommitted on_committed) : keep_(options.keep) {
  if (options.writer.journal.folder.empty()) return;
  writer_ = std::make_unique<RecordWriter>(store::posix_file_system(), std::move(options.writer), std::move(on_committed));
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

}  // namespace offhook::inline v0::agent::records
