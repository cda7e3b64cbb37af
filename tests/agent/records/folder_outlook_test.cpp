#include <offhook/agent/records/folder_outlook.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace offhook;
using agent::records::why_not_kept_in;

TEST_CASE("A folder that exists or can be made passes the check, and the check does not make it") {
  const test::Folder folder;
  CHECK_FALSE(why_not_kept_in(folder.path));
  CHECK_FALSE(why_not_kept_in(folder.path + "/a/b/c"));
  CHECK_FALSE(why_not_kept_in(folder.path + "/a/b/c/"));
  CHECK_FALSE(std::filesystem::exists(folder.path + "/a"));
}

TEST_CASE("The check names the file in the place of a folder") {
  const test::Folder folder;
  folder.put("file", "x");
  const std::string file = folder.path + "/file";
  CHECK(why_not_kept_in(file) == file + " is not a folder");
  CHECK(why_not_kept_in(file + "/a/b") == file + " is not a folder");
}

TEST_CASE("The check names a folder that this user may not write to, with the reason") {
  if (::geteuid() == 0) return offhook_test::skip("root may write to every folder");
  const test::Folder folder;
  const std::string closed = folder.path + "/closed";
  REQUIRE(::mkdir(closed.c_str(), 0500) == 0);
  CHECK(why_not_kept_in(closed) == closed + ": Permission denied");
  CHECK(why_not_kept_in(closed + "/a") == closed + ": Permission denied");
  REQUIRE(::chmod(closed.c_str(), 0) == 0);
  CHECK(why_not_kept_in(closed + "/a") == closed + "/a: Permission denied");
}
