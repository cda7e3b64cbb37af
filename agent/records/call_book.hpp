#pragma once

#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/records/record_writer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

struct BookOptions {
  WriterOptions writer;  ///< journal.folder "": no records are kept
  KeepOptions keep;
  bool must_write = false;  ///< the operator named the folder: that nothing can be written there is an error at the start
};

/// The agent's book of calls: notes for each that begins, and a line on the disk for each that ends. From any thread but a media
/// worker; nothing here waits.
class CallBook {
 public:
  /// Errors: must_write, and the folder cannot be written to.
  [[nodiscard]] static base::Result<std::unique_ptr<CallBook>, base::Error> open(BookOptions options,
                                                                                 RecordWriter::OnCommitted on_committed);

  [[nodiscard]] std::shared_ptr<CallNotes> notes(CallRecord begun) const;
  /// The call began: if we are killed in the midst of it, this line tells.
  void announce(const CallNotes& notes);
  /// The call is over, and nobody will add to its notes.
  void finish(CallNotes& notes);
  /// A call that was over before it had a handle.
  void turned_away(CallRecord begun, const sip::CallEnded& details, std::string_view why = {});

  /// "off", or the writer's state.
  [[nodiscard]] std::string_view state() const;
  [[nodiscard]] bool is_losing() const;

 private:
  CallBook(BookOptions options, RecordWriter::OnCommitted on_committed);

  KeepOptions keep_;
  std::unique_ptr<RecordWriter> writer_;
};

/// Where records are kept when nobody says: $STATE_DIRECTORY/calls under systemd; /var/lib/offhook/calls for root; else
/// $XDG_STATE_HOME/offhook/calls or ~/.local/state/offhook/calls. "" without any of these.
[[nodiscard]] std::string default_folder(const std::function<std::string(const char* variable)>& environment, bool is_root);
/// The same for this process.
[[nodiscard]] std::string default_folder();

}  // namespace offhook::inline v0::agent::records
