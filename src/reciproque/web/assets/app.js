// Everything works without this file; it only makes things smoother.
import "htmx.org";
import "./js/problems.js";
import "./js/menus.js";
import "./js/dialogs.js";
import "./js/drafts.js";
import "./js/small.js";
import "./js/push.js";
import "./js/fair.js";
import "./js/room.js";
import "./js/grid.js";
import "./js/files.js";
