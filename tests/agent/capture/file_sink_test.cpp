#include <offhook/agent/capture/file_sink.hpp>
#include <offhook/tests/agent/capture/packets.hpp>
#include <offhook/tests/agent/ops/logged.hpp>
#include <offhook/tests/agent/store/fake_file_system.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent::capture;
using agent::store::FakeFileSystem;
using test::options_packet;

namespace {

constexpr std::uint64_t kMegabyte = 1U << 20U;
const base::TimePoint kNow{};

struct Capture {
  FakeFileSystem files;
  std::unique_ptr<FileSink> sink;

  explicit Capture(std::uint64_t most_octets = kMegabyte) { begin(most_octets); }
  void begin(std::uint64_t most_octets = kMegabyte) {
    auto opened = FileSink::open(files, "/c/calls.pcapng", most_octets);
    REQUIRE(opened.has_value());
    sink = std::move(*opened);
  }
  void take(const std::string& call_id, base::TimePoint now = kNow) { sink->take(options_packet(call_id), now); }
};

/// Returns a file with these packets.
std::string capture_of(std::initializer_list<const char*> call_ids) {
  PcapngWriter writer;
  std::string file = writer.begin();
  for (const char* each : call_ids) file += writer.add(options_packet(each));
  return file;
}

}  // namespace

TEST_CASE("A capture is complete on the disk after each packet") {
  Capture capture;
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({}));
  capture.take("one");
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one"}));
  capture.take("two");
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one", "two"}));
}

TEST_CASE("When a capture file is full, FileSink renames it to FILE.1, which replaces an older FILE.1, and the next packet begins a new file") {
  Capture capture(capture_of({"one"}).size());
  capture.take("one");
  CHECK(capture.files.files.size() == 1);
  capture.take("two");
  CHECK(capture.files.at("/c/calls.pcapng.1") == capture_of({"one"}));
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"two"}));
  capture.take("three");
  CHECK(capture.files.at("/c/calls.pcapng.1") == capture_of({"two"}));
  CHECK(capture.files.files.size() == 2);
}

TEST_CASE("At the start, FileSink renames the capture of an earlier process to FILE.1") {
  Capture capture;
  capture.take("one");
  capture.begin();
  CHECK(capture.files.at("/c/calls.pcapng.1") == capture_of({"one"}));
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({}));
}

TEST_CASE("FileSink refuses to replace a file that is not a capture. The error names the file, and the file stays unchanged") {
  FakeFileSystem files;
  files.put("/etc/passwd", "root:x:0:0\n");
  const auto opened = FileSink::open(files, "/etc/passwd", kMegabyte);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail == "the capture cannot be written to /etc/passwd: the file exists, and is no capture; name another file (--capture, /capture/file)");
  CHECK(files.at("/etc/passwd") == "root:x:0:0\n");
}

TEST_CASE("If FILE.1 is not a capture, FileSink never replaces it: the start fails, and a capture whose file is full stops") {
  Capture capture(capture_of({"one"}).size());
  capture.take("one");
  capture.files.put("/c/calls.pcapng.1", "precious");
  const std::string log = logged_by([&] { capture.take("two"); });
  CHECK(capture.files.at("/c/calls.pcapng.1") == "precious");
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one"}));
  CHECK(log.find("capture.failing to=/c/calls.pcapng detail=\"/c/calls.pcapng.1 exists, and is no capture\"") != std::string::npos);
  const auto opened = FileSink::open(capture.files, "/c/calls.pcapng", kMegabyte);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail == "the capture cannot be written to /c/calls.pcapng: /c/calls.pcapng.1 exists, and is no capture; name another file (--capture, /capture/file)");
}

TEST_CASE("If FileSink cannot open its file, the error names the file and the reason") {
  FakeFileSystem files;
  files.open_fails = std::errc::permission_denied;
  const auto opened = FileSink::open(files, "/c/calls.pcapng", kMegabyte);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail.find("/c/calls.pcapng: Permission denied; name another file") != std::string::npos);
}

TEST_CASE("While the disk is full, packets are lost. Later packets follow the last whole packet, and the log has the number of lost packets") {
  Capture capture;
  capture.take("one");
  const std::string log = logged_by([&] {
    capture.files.room = 50;
    capture.take("two");
    CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one"}));
    capture.files.room = SIZE_MAX;
    capture.take("three");  // Too soon for another try.
    CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one"}));
    capture.take("four", kNow + FileSink::kRetry);
    capture.take("five", kNow + FileSink::kRetry);
  });
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one", "four", "five"}));
  CHECK(log.find("capture.failing to=/c/calls.pcapng detail=\"No space left on device\"") != std::string::npos);
  CHECK(log.find("capture.back to=/c/calls.pcapng lost=2") != std::string::npos);
  CHECK(log.find("capture.failing", log.find("capture.failing") + 1) == std::string::npos);
}

TEST_CASE("If the first packet of a transport is lost, the next packet still begins the interface of this transport") {
  Capture capture;
  (void)logged_by([&] {
    capture.files.write_fails = std::errc::io_error;
    capture.take("one");
    capture.files.write_fails = {};
    capture.take("two", kNow + FileSink::kRetry);
  });
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"two"}));
}

TEST_CASE("If FileSink cannot remove a packet that it wrote only partly, the next packet begins a new file") {
  Capture capture;
  (void)logged_by([&] {
    capture.files.room = 50;
    capture.files.truncate_fails = std::errc::io_error;
    capture.take("one");
    capture.files.room = SIZE_MAX;
    capture.take("two", kNow + FileSink::kRetry);
  });
  CHECK(capture.files.at("/c/calls.pcapng.1").size() == capture_of({}).size() + 50);
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"two"}));
}

TEST_CASE("If an operator moves the file away, the next packet begins a new file") {
  Capture capture;
  capture.take("one");
  REQUIRE(capture.files.rename("/c/calls.pcapng", "/c/taken").has_value());
  capture.take("two");
  CHECK(capture.files.at("/c/taken") == capture_of({"one"}));
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"two"}));
  CHECK(capture.files.files.size() == 2);
}

TEST_CASE("If another program empties or shortens the file, the next packet begins a new, readable file") {
  Capture capture;
  capture.take("one");
  capture.files.files.at("/c/calls.pcapng")->bytes.clear();
  capture.take("two");
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"two"}));
  CHECK(capture.files.files.size() == 1);
  capture.files.files.at("/c/calls.pcapng")->bytes.resize(40);
  capture.take("three");
  CHECK(capture.files.at("/c/calls.pcapng.1").size() == 40);
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"three"}));
}

TEST_CASE("If the file was moved away and another process captures to its path, packets are lost until that process ends, and its file is kept") {
  Capture capture;
  REQUIRE(capture.files.rename("/c/calls.pcapng", "/c/taken").has_value());
  capture.files.put("/c/calls.pcapng", capture_of({"theirs"}));
  capture.files.locked_elsewhere.insert("/c/calls.pcapng");
  const std::string log = logged_by([&] {
    for (int i = 0; i < 3; ++i) capture.take("ours", kNow + i * FileSink::kRetry);
    CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"theirs"}));
    capture.files.locked_elsewhere.clear();
    capture.take("later", kNow + 3 * FileSink::kRetry);
  });
  CHECK(capture.files.at("/c/calls.pcapng.1") == capture_of({"theirs"}));
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"later"}));
  CHECK(log.find("capture.failing to=/c/calls.pcapng detail=\"another process captures to this file\"") != std::string::npos);
  CHECK(log.find("capture.back to=/c/calls.pcapng lost=3") != std::string::npos);
}

TEST_CASE("While one capture writes to a file, FileSink refuses a second capture to the same file, even after a rotation") {
  const test::Folder folder;
  const std::string path = folder.path + "/calls.pcapng";
  const auto open = [&path] { return FileSink::open(agent::store::posix_file_system(), path, capture_of({"one"}).size()); };
  {
    const auto first = open();
    REQUIRE(first.has_value());
    for (const char* each : {"one", "two"}) {
      (*first)->take(options_packet(each), kNow);
      const auto second = open();
      REQUIRE_FALSE(second.has_value());
      CHECK(second.error().detail.find(path + ": another process captures to this file; name another file") != std::string::npos);
    }
  }
  CHECK(folder.get("calls.pcapng.1") == capture_of({"one"}));
  CHECK(folder.get("calls.pcapng") == capture_of({"two"}));
  CHECK(open().has_value());
  CHECK(folder.get("calls.pcapng.1") == capture_of({"two"}));
}

TEST_CASE("If the disk is full at the start, the log has the fault, and the capture begins when the disk has space") {
  FakeFileSystem files;
  files.room = 10;
  std::unique_ptr<FileSink> sink;
  const std::string log = logged_by([&] {
    auto opened = FileSink::open(files, "/c/calls.pcapng", kMegabyte);
    REQUIRE(opened.has_value());
    sink = std::move(*opened);
    sink->take(options_packet("one"), kNow);
    files.room = SIZE_MAX;
    sink->take(options_packet("two"), kNow);  // Too soon for another try.
    sink->take(options_packet("three"), kNow + FileSink::kRetry);
  });
  CHECK(files.at("/c/calls.pcapng") == capture_of({"three"}));
  CHECK(log.find("capture.failing to=/c/calls.pcapng detail=\"No space left on device\"") != std::string::npos);
  CHECK(log.find("capture.back to=/c/calls.pcapng lost=2") != std::string::npos);
}

TEST_CASE("take_media() writes either all of its packets or none, and then counts all of them as lost") {
  Capture capture;
  const std::vector<Packet> packets{options_packet("one"), options_packet("two")};
  const std::string log = logged_by([&] {
    capture.files.room = capture_of({"one"}).size() + 50;
    capture.sink->take_media(packets, kNow);
    CHECK(capture.files.at("/c/calls.pcapng") == capture_of({}));
    capture.files.room = SIZE_MAX;
    capture.sink->take_media(packets, kNow);  // Too soon for another try.
    capture.sink->take_media(packets, kNow + FileSink::kRetry);
  });
  CHECK(capture.files.at("/c/calls.pcapng") == capture_of({"one", "two"}));
  CHECK(log.find("capture.back to=/c/calls.pcapng lost=4") != std::string::npos);
}

TEST_CASE("Only this user can read a capture, and a missing folder is created") {
  const test::Folder folder;
  const std::string path = folder.path + "/new/calls.pcapng";
  const auto sink = FileSink::open(agent::store::posix_file_system(), path, kMegabyte);
  REQUIRE(sink.has_value());
  (*sink)->take(options_packet("one"), kNow);
  struct stat about{};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
  CHECK(folder.get("new/calls.pcapng") == capture_of({"one"}));
}

TEST_CASE("FileSink refuses a text file, a link and a pipe without delay, follows no link, and keeps the content and mode of the refused file") {
  const test::Folder folder;
  const auto open = [](const std::string& path) { return FileSink::open(agent::store::posix_file_system(), path, kMegabyte); };
  const std::string text = folder.path + "/hosts", link = folder.path + "/link", dangling = folder.path + "/dangling", pipe = folder.path + "/pipe";
  folder.put("hosts", "127.0.0.1 localhost\n");
  REQUIRE(::chmod(text.c_str(), 0644) == 0);
  REQUIRE(::symlink(text.c_str(), link.c_str()) == 0);
  REQUIRE(::symlink((folder.path + "/new").c_str(), dangling.c_str()) == 0);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& path : {text, link, dangling, pipe}) {
    CAPTURE(path);
    CHECK_FALSE(open(path).has_value());
  }
  struct stat about{};
  REQUIRE(::stat(text.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0644);
  CHECK(folder.get("hosts") == "127.0.0.1 localhost\n");
  CHECK(::stat((folder.path + "/new").c_str(), &about) != 0);
}

TEST_CASE("If FILE.1 is a link, FileSink replaces the link, and the target of the link stays unchanged") {
  const test::Folder folder;
  const std::string path = folder.path + "/calls.pcapng", target = folder.path + "/target";
  folder.put("target", "precious");
  REQUIRE(::symlink(target.c_str(), (path + ".1").c_str()) == 0);
  for (int i = 0; i < 2; ++i) {
    const auto sink = FileSink::open(agent::store::posix_file_system(), path, kMegabyte);
    REQUIRE(sink.has_value());
    (*sink)->take(options_packet("one"), kNow);
  }
  CHECK(folder.get("target") == "precious");
  CHECK(folder.get("calls.pcapng.1") == capture_of({"one"}));
}
