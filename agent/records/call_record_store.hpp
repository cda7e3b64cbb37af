#pragma once

#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/records/record_writer.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

struct CallRecordOptions {
  WriterOptions writer;  ///< journal.folder "": no records are written
  KeepOptions keep;
  bool must_write = false;  ///< true if the operator configured the folder: open() then fails if it cannot be written
};

/// The agent's store of calls: it makes notes for each call that begins, and writes a line to the disk for each call that ends. Use it from any thread
/// except a media worker; no function waits.
class CallRecordStore {
 public:
  /// Opens the store. Fails if must_write is set and the folder cannot be written.
  [[nodiscard]] static base::Result<std::unique_ptr<CallRecordStore>, base::Error> open(CallRecordOptions options,
                                                                                 RecordWriter::OnCommitted on_committed);

  [[nodiscard]] std::shared_ptr<CallNotes> notes(CallRecord begun) const;
  /// Writes a line for the start of the call. If the process is killed before the call's end, this line is the only trace of the call.
  void announce(const CallNotes& notes);
  /// Writes the record of a call that has ended. Call it after the last change of the notes.
  void finish(CallNotes& notes);
  /// Writes the record of a call that the network layer refused before it made CallNotes.
  void turned_away(CallRecord begun, const call::Ended& how);

  /// Returns "off", or the state of the writer.
  [[nodiscard]] std::string_view state() const;
  [[nodiscard]] bool is_losing() const;

 private:
  CallRecordStore(CallRecordOptions options, RecordWriter::OnCommitted on_committed);

  KeepOptions keep_;
  std::unique_ptr<RecordWriter> writer_;
};

}  // namespace offhook::inline v0::agent::records
