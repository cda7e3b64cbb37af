#include <offhook/agent/store/file_system.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace offhook;
using namespace offhook::agent::store;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat about{};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

/// Clears the process's umask, which must not change the result.
struct OpenMask {
  OpenMask() : before(::umask(0)) {}
  ~OpenMask() { ::umask(before); }
  mode_t before;
};

}  // namespace

TEST_CASE("make_folder() makes a private folder, and makes the missing folders above it private, too") {
  const OpenMask mask;
  const test::Folder folder;
  REQUIRE(posix_file_system().make_folder(folder.path + "/a/b/c"));
  for (const char* made : {"/a", "/a/b", "/a/b/c"}) CHECK(mode_of(folder.path + made) == 0700);
  REQUIRE(posix_file_system().make_folder(folder.path + "/a/b/c/"));
  folder.put("file", "x");
  CHECK(posix_file_system().make_folder(folder.path + "/file/d") == base::fail(std::make_error_code(std::errc::not_a_directory)));
}

TEST_CASE("A new file is private, and an existing file is made private") {
  const OpenMask mask;
  const test::Folder folder;
  REQUIRE(posix_file_system().open_append(folder.path + "/new"));
  CHECK(mode_of(folder.path + "/new") == 0600);
  folder.put("old", "x");
  REQUIRE(::chmod((folder.path + "/old").c_str(), 0644) == 0);
  REQUIRE(posix_file_system().open_append(folder.path + "/old"));
  CHECK(mode_of(folder.path + "/old") == 0600);
}

TEST_CASE("peek() reads the beginning of a file and leaves its mode, returns nothing for a missing file, and refuses a link") {
  const test::Folder folder;
  folder.put("file", "abcdef");
  REQUIRE(::chmod((folder.path + "/file").c_str(), 0644) == 0);
  CHECK(posix_file_system().peek(folder.path + "/file", 4) == "abcd");
  CHECK(posix_file_system().peek(folder.path + "/file", 40) == "abcdef");
  CHECK(mode_of(folder.path + "/file") == 0644);
  CHECK(posix_file_system().peek(folder.path + "/missing", 4) == "");
  CHECK_FALSE(std::filesystem::exists(folder.path + "/missing"));
  REQUIRE(::symlink((folder.path + "/file").c_str(), (folder.path + "/link").c_str()) == 0);
  CHECK_FALSE(posix_file_system().peek(folder.path + "/link", 4));
}

TEST_CASE("open_append() refuses a file that is not regular, and a link") {
  const test::Folder folder;
  REQUIRE(::mkfifo((folder.path + "/pipe").c_str(), 0600) == 0);
  REQUIRE(::symlink("/tmp/elsewhere", (folder.path + "/link").c_str()) == 0);
  CHECK_FALSE(posix_file_system().open_append(folder.path + "/pipe"));
  CHECK_FALSE(posix_file_system().open_append(folder.path + "/link"));
}

TEST_CASE("open_append() refuses a file of another user") {
  if (::geteuid() != 0) return offhook_test::skip("only root can change the owner of a file");
  const test::Folder folder;
  folder.put("theirs", "x");
  REQUIRE(::chown((folder.path + "/theirs").c_str(), 65534, 65534) == 0);
  CHECK(posix_file_system().open_append(folder.path + "/theirs") == base::fail(std::make_error_code(std::errc::permission_denied)));
  REQUIRE(::chown(folder.path.c_str(), 65534, 65534) == 0);  // As root, the program may write to a file whose folder belongs to the same user.
  CHECK(posix_file_system().open_append(folder.path + "/theirs"));
}
