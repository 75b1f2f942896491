// The session page: plots, skeleton and video on one cursor.
export {};
