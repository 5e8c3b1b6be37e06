/** Of the package, put in when the lab is built. */
declare const PACKAGE_VERSION: string;
